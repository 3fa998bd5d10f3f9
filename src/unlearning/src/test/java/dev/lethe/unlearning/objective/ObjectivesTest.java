package dev.lethe.unlearning.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Settings;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.LossMask;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ObjectivesTest {
    @Test
    void everyDescriptorHasAClassAndEveryClassADescriptor() {
        assertThat(Objectives.LETHE.classes().keySet())
                .isEqualTo(Catalog.OBJECTIVES.all().stream()
                        .filter(it -> !it.custom())
                        .map(Descriptor::name)
                        .collect(Collectors.toSet()));
        for (var descriptor :
                Catalog.OBJECTIVES.all().stream().filter(it -> !it.custom()).toList()) {
            assertThat(Objectives.LETHE.of(descriptor.name(), Map.of()).descriptor())
                    .isEqualTo(descriptor);
        }
    }

    /** What a plan gives a training by the descriptor is what the class reads. */
    @Test
    void rowsThatHaveAWeightAreRead() {
        Map<String, ?> weighed = Map.of("weights", Map.of("decouple", 0.5));
        for (String name : List.of("npo", "simnpo", "graddiff", "po", "undial")) {
            ObjectiveDescriptor descriptor = Catalog.OBJECTIVES.find(name).orElseThrow();
            for (Map<String, ?> options : List.of(weighed, Map.<String, Object>of())) {
                Settings settings = Settings.of(
                        descriptor, options, (field, found, expected) -> InvalidInput.at("", field, found, expected));
                assertThat(Objectives.LETHE.of(name, options).roles())
                        .isEqualTo(descriptor.roles(settings))
                        .hasSize(options.isEmpty() ? 2 : 3);
            }
        }
    }

    @Test
    void absentSettingsAreThePublishedOnes() {
        assertThat(Objectives.LETHE.of("npo", Map.of()))
                .isEqualTo(npo(0.1, NpoReduction.BATCH_TOKEN_MEAN, KlMask.ALL, 0.4, 0.2, 0.4));
        var said = Map.of(
                "beta",
                0.5,
                "reduction",
                "per-token",
                "klMask",
                "non-pad",
                "weights",
                Map.of("forget", 1, "retain", 0, "kl", 0.5));
        assertThat(Objectives.LETHE.of("npo", said))
                .isEqualTo(npo(0.5, NpoReduction.PER_TOKEN, KlMask.NON_PAD, 1, 0, 0.5));
        assertThat(Objectives.LETHE.of("ft", Map.of("tokens", "all"))).isEqualTo(new FineTuning(LossMask.ALL));
    }

    @Test
    void whatIsUnknownIsRefusedWithTheNearest() {
        refused(
                "nbo",
                Map.of(),
                "type: found nbo, expected one of custom, ft, graddiff, npo, po, simnpo, undial; did you mean npo?");
        refused(
                "npo",
                Map.of("reduction", "seqmean"),
                "reduction: found seqmean, expected one of batch-token-mean, seq-mean, seq-sum, per-token; did you mean seq-mean?");
        refused("npo", Map.of("beta", 0.0), "beta: found 0.0, expected a number above 0 up to 100");
        refused("npo", Map.of("weights", Map.of("forget", -1)), "weights.forget: found -1, expected a number from 0");
        refused("simnpo", Map.of("tokens", "all"), "tokens: found all");
        refused("ft", Map.of("beta", 0.1), "ft has no such setting");
        refused("custom", Map.of("parameters", Map.of("a", "b")), "an image of your own carries out custom");
    }

    private static Objective npo(
            double beta, NpoReduction reduction, KlMask mask, double forget, double retain, double kl) {
        return new NegativePreference(
                beta,
                reduction,
                LossMask.ANSWER,
                forget,
                new RetainTerms(retain, kl, mask, new CrossEntropy(DataRole.DECOUPLE, 0)));
    }

    private static void refused(String type, Map<String, ?> options, String message) {
        assertThatThrownBy(() -> Objectives.LETHE.of(type, options))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message);
    }
}
