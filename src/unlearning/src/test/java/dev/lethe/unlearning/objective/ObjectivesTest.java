package dev.lethe.unlearning.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.LossMask;
import org.junit.jupiter.api.Test;

class ObjectivesTest {
    @Test
    void absentSettingsAreThePublishedOnes() {
        assertThat(Objectives.of(ObjectiveSettings.of("npo")))
                .isEqualTo(new NegativePreference(0.1, NpoReduction.BATCH_TOKEN_MEAN, KlMask.ALL, 0.4, 0.2, 0.4));
        assertThat(Objectives.of(new ObjectiveSettings("npo", 0.5, "per-token", "non-pad", null, 1.0, 0.0, 0.5)))
                .isEqualTo(new NegativePreference(0.5, NpoReduction.PER_TOKEN, KlMask.NON_PAD, 1, 0, 0.5));
        assertThat(Objectives.of(new ObjectiveSettings("ft", null, null, null, "all", null, null, null)))
                .isEqualTo(new FineTuning(LossMask.ALL));
    }

    @Test
    void whatIsUnknownIsRefusedWithTheNearest() {
        refused(ObjectiveSettings.of("nbo"), "type: found nbo, expected one of ft, npo (nearest: npo)");
        refused(
                new ObjectiveSettings("npo", null, "seqmean", null, null, null, null, null),
                "reduction: found seqmean, expected one of batch-token-mean, seq-mean, seq-sum, per-token (nearest: seq-mean)");
        refused(new ObjectiveSettings("npo", 0.0, null, null, null, null, null, null), "beta: found 0.0");
        refused(new ObjectiveSettings("npo", null, null, null, null, -1.0, null, null), "weights.forget: found -1.0");
        refused(new ObjectiveSettings("npo", null, null, null, "all", null, null, null), "tokens: found all");
        refused(new ObjectiveSettings("ft", 0.1, null, null, null, null, null, null), "ft has no such setting");
    }

    private static void refused(ObjectiveSettings settings, String message) {
        assertThatThrownBy(() -> Objectives.of(settings))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message);
    }
}
