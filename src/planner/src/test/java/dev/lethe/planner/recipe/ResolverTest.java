package dev.lethe.planner.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.TrainingTarget;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResolverTest {
    private static final String PUBLISHED_RECIPE = "semeval2025-merge";
    private static final LoraSpec LORA = new LoraSpec(32, 32.0, 0.05);

    /** The published recipe written out. */
    private static final List<Specialist> PUBLISHED = List.of(
            new Specialist("over", npo(0.4, 0.2, 0.4), training(5, 1, 1.0e-4), LORA, null),
            new Specialist("under", npo(0.3, 0.4, 0.3), training(5, 2, 1.0e-4), LORA, null));

    /** The default recipe written out, for a job with non-members and for one without. */
    private static final List<Specialist> CALIBRATED =
            List.of(calibrated("over", "all", 0.7, 0.1), calibrated("under", "answer", 1.0, 0.2));

    private static final List<Specialist> CALIBRATED_BLINDLY =
            List.of(calibrated("over", "answer", 0.5, 0.05), calibrated("under", "answer", 1.0, 0.2));

    private static final MergeSearch SEARCH =
            new MergeSearch(40, List.of("ties", "linear", "cat"), List.of(0.6, 0.8, 1.0), 0.5, 0.25, 0.97);
    private static final List<String> SUITES =
            List.of("semeval2025", "memorization", "mia", "fluency", "relearn", "quantize");
    private static final Gate MEMBERSHIP = new Gate("mia/loss-auc", 0.65, 0.35, null, null);
    private static final List<Gate> GATES = List.of(
            new Gate("memorization/forget-novel", 0.25, null, null, null, true),
            new Gate("memorization/retain-exact", null, null, null, 0.95, true),
            new Gate("memorization/retain-probability", null, null, null, 0.9),
            new Gate("fluency/retain-degenerate", 0.05, null, null, null),
            new Gate("relearn/recovery", 0.25, null, null, null),
            new Gate("quantize/int4-recovery", 0.2, null, null, null));

    @Test
    void everyDescriptorHasARecipeAndEveryRecipeADescriptor() {
        assertThat(Recipe.BY_NAME.keySet()).containsExactlyInAnyOrderElementsOf(Catalog.RECIPES.names());
        for (var descriptor : Catalog.RECIPES.all()) {
            var recipe = Recipe.named(descriptor.name());
            assertThat(recipe.specialists()).extracting(Specialist::name).isEqualTo(descriptor.specialists());
            assertThat(recipe.evaluation().suites()).extracting(SuiteSpec::name).isEqualTo(descriptor.suites());
        }
    }

    @Test
    void aJobOfFiveLinesTrainsToATargetSearchesItsMergeAndProvesIt() {
        var complete = Resolver.resolve(job(null, null, null, null));
        assertThat(complete.recipe()).isEqualTo("calibrated-merge");
        assertThat(complete.template()).isEqualTo("auto");
        assertThat(complete.settings().specialists()).isEqualTo(CALIBRATED_BLINDLY);
        assertThat(complete.settings().merge()).isEqualTo(searched(null, SEARCH, "peft"));
        assertThat(complete.evaluation().suites()).extracting(SuiteSpec::name).containsExactlyElementsOf(SUITES);
        assertThat(complete.evaluation().gates()).isEqualTo(GATES);
        assertThat(complete.execution().retry()).isEqualTo(new Retry(3));
        assertThat(Resolver.resolve(complete.spec())).isEqualTo(complete);
    }

    @Test
    void nonMembersThatOneSuiteNamesAreReadByAllAndDecideOnMembership() {
        var never = Source.of("file:never");
        var own =
                new EvaluationSettings(List.of(new SuiteSpec("semeval2025", Map.of("nonMembers", never))), null, null);
        var job = Resolver.resolve(job(null, null, null, own));
        assertThat(job.settings().specialists()).isEqualTo(CALIBRATED);
        assertThat(Resolver.resolve(job.spec())).isEqualTo(job);
        var complete = job.evaluation();
        assertThat(complete.suites()).extracting(SuiteSpec::name).containsExactlyElementsOf(SUITES);
        assertThat(complete.suites())
                .filteredOn(it -> it.name().equals("mia"))
                .extracting(it -> it.source("nonMembers"))
                .containsExactly(never);
        var compared = new Gate("memorization/forget-novel-excess", 0.2, null, null, null, true);
        assertThat(complete.gates())
                .hasSize(GATES.size() + 1)
                .containsAll(GATES.subList(1, GATES.size()))
                .contains(MEMBERSHIP, compared);
    }

    @ParameterizedTest
    @CsvSource({"npo, true", "simnpo, true", "graddiff, true", "po, true", "undial, true", "ft, false", "custom, false"
    })
    void onlyWhatForgetsAndKeepsCanTrainToATarget(String objective, boolean aims) {
        var given = specialist("over", ObjectiveSpec.of(objective), null);
        assertThat(Resolver.resolve(job(null, List.of(given), null, null))
                        .settings()
                        .specialists())
                .singleElement()
                .matches(it -> (it.training().until() != null) == aims);
    }

    /** Its ceiling of epochs is no number of epochs for a training that no target ends. */
    @Test
    void whatCannotTrainToATargetTrainsAsPublished() {
        var ft = specialist("third", ObjectiveSpec.of("ft"), null);
        var random = specialist("over", null, paired("random"));
        assertThat(Resolver.resolve(job(null, List.of(ft, random), null, null))
                        .settings()
                        .specialists())
                .extracting(Specialist::training)
                .containsExactly(training(5, 1, 1.0e-4), paired("random").orElse(training(5, 1, 1.0e-4)));
    }

    @Test
    void aTargetInPartTakesTheRestFromTheRecipe() {
        var given = specialist(
                "third",
                ObjectiveSpec.of("npo"),
                paired(null).withUntil(new TrainingTarget(0.1, null, null, null, null)));
        assertThat(Resolver.resolve(job(null, List.of(given), null, null))
                        .settings()
                        .specialists())
                .extracting(it -> it.training().until())
                .containsExactly(new TrainingTarget(0.1, 0.1, 0.98, 10, 2));
    }

    @Test
    void aMergeNamedInPartIsThePublishedOneOtherwise() {
        var denser = new MergeSettings(null, null, 0.9, null, null, null, null);
        assertThat(Resolver.resolve(job(null, null, denser, null)).settings().merge())
                .isEqualTo(new MergeSettings("ties", "peft", 0.9, List.of(1.0, 1.0), "total", null, null));
    }

    @Test
    void aJobOfTheOtherRecipeIsTheWholePublishedOne() {
        var complete = Resolver.resolve(job(PUBLISHED_RECIPE, null, null, null));
        assertThat(complete.recipe()).isEqualTo(PUBLISHED_RECIPE);
        assertThat(complete.settings().specialists()).isEqualTo(PUBLISHED);
        assertThat(complete.settings().merge())
                .isEqualTo(new MergeSettings("ties", "peft", 0.8, List.of(1.0, 1.0), "total", null, null));
        assertThat(complete.settings().evaluation())
                .isEqualTo(new EvaluationSettings(
                        List.of(new SuiteSpec("semeval2025", Map.of("maxNewTokens", 256, "batchSize", 16))),
                        List.of(
                                new Gate("semeval2025/forget-knowledge", 0.1, null, null, null),
                                new Gate("semeval2025/retain-knowledge", null, null, null, 0.8)),
                        null));
        assertThat(complete.execution().retry()).isEqualTo(new Retry(3));
        assertThat(Resolver.resolve(complete.spec())).isEqualTo(complete);
    }

    static Stream<Arguments> specialists() {
        var rate = new TrainingSettings(
                8, null, null, 3.0e-3, null, null, null, null, null, null, null, null, null, null, null, null, null);
        var someWeights = new ObjectiveSpec("npo", Map.of("beta", 0.2, "weights", Map.of("forget", 0.5)));
        return Stream.of(
                Arguments.of(specialist("over", null, null), PUBLISHED.get(0)),
                Arguments.of(
                        specialist("under", null, rate),
                        new Specialist("under", npo(0.3, 0.4, 0.3), training(8, 2, 3.0e-3), LORA, null)),
                Arguments.of(
                        specialist("under", someWeights, null),
                        new Specialist(
                                "under",
                                new ObjectiveSpec(
                                        "npo",
                                        Map.of(
                                                "beta",
                                                0.2,
                                                "reduction",
                                                "batch-token-mean",
                                                "tokens",
                                                "answer",
                                                "klMask",
                                                "all",
                                                "weights",
                                                Map.of("forget", 0.5, "retain", 0.4, "kl", 0.3, "decouple", 0.0))),
                                training(5, 2, 1.0e-4),
                                LORA,
                                null)),
                Arguments.of(
                        specialist("under", ObjectiveSpec.of("ft"), null),
                        new Specialist(
                                "under",
                                new ObjectiveSpec("ft", Map.of("tokens", "answer")),
                                training(5, 2, 1.0e-4),
                                LORA,
                                null)),
                Arguments.of(
                        specialist("third", ObjectiveSpec.of("npo"), null),
                        new Specialist("third", npo(0.4, 0.2, 0.4), training(5, 1, 1.0e-4), LORA, null)));
    }

    @ParameterizedTest
    @MethodSource("specialists")
    void absentPartsComeFromTheNamesakeFieldByField(Specialist given, Specialist complete) {
        assertThat(Resolver.resolve(job(PUBLISHED_RECIPE, List.of(given), null, null))
                        .settings()
                        .specialists())
                .containsExactly(complete);
    }

    @Test
    void anotherMergeMethodTakesNoDensityFromTies() {
        var linear = new MergeSettings("linear", null, null, List.of(0.75, 0.25), null, null, null);
        assertThat(Resolver.resolve(job(null, null, linear, null)).settings().merge())
                .isEqualTo(new MergeSettings("linear", "peft", null, List.of(0.75, 0.25), null, null, null));
    }

    @Test
    void aSearchNamesNoMergeAndHasEverySetting() {
        var asked = new MergeSearch(8, null, null, null, null, null);
        var complete = Resolver.resolve(job(null, null, searched(null, asked, null), null));
        assertThat(complete.settings().merge()).isEqualTo(searched(null, asked.orElse(SEARCH), "peft"));
        assertThat(Resolver.resolve(complete.spec())).isEqualTo(complete);
        assertThat(Resolver.resolve(job(null, null, null, null), complete.settings())
                        .merge())
                .isEqualTo(complete.merge());
    }

    @Test
    void noGatesIsAChoiceOfTheUser() {
        var noGates = new EvaluationSettings(null, List.of(), null);
        assertThat(Resolver.resolve(job(null, null, null, noGates)).evaluation().gates())
                .isEmpty();
    }

    static Stream<Arguments> invalid() {
        var npo = ObjectiveSpec.of("npo");
        var twice = specialist("a", npo, null);
        var oneWeight = new MergeSettings(null, null, null, List.of(1.0), null, null, null);
        var foreignGate = new EvaluationSettings(null, List.of(new Gate("mmlu/all", null, 0.4, null, null)), null);
        return Stream.of(
                Arguments.of(
                        job("tofu", null, null, null),
                        "spec.recipe: found tofu, expected one of calibrated-merge, semeval2025-merge"),
                Arguments.of(
                        job(null, List.of(specialist("third", null, null)), null, null),
                        "spec.specialists[0].objective: found nothing, expected an objective, as the recipe has no"
                                + " specialist of this name"),
                Arguments.of(
                        job(null, List.of(twice, twice), null, null),
                        "spec.specialists[1].name: found 'a' twice, expected one specialist of each name"),
                Arguments.of(
                        job(null, List.of(specialist("base", npo, null)), null, null),
                        "spec.specialists[0].name: found 'base', expected at most 20 lower-case letters, digits and"
                                + " inner hyphens, neither base nor merge, and no round such as -r2 at its end"),
                Arguments.of(
                        job(null, List.of(specialist("a", ObjectiveSpec.of("dpo"), null)), null, null),
                        "spec.specialists[0].objective.type: found dpo, expected one of custom, ft, graddiff, npo, po, simnpo, undial; did you mean npo?"),
                Arguments.of(
                        job(null, null, oneWeight, null),
                        "spec.merge.weights: found 1 weights, expected one for each of 2 specialists"),
                Arguments.of(
                        job(null, null, searched("ties", new MergeSearch(8, null, null, null, null, null), null), null),
                        "spec.merge.search: found a search beside a merge that is named, expected one of them, and"
                                + " semantics peft"),
                Arguments.of(
                        job(null, null, null, foreignGate),
                        "spec.evaluation.gates[0].metric: found mmlu/all, expected a metric of the job's suites:"
                                + " fluency, memorization, mia, quantize, relearn, semeval2025"));
    }

    /** The schema cannot know how many epochs a training has that says nothing of them. */
    @Test
    void aWarmUpIsHeldAgainstTheEpochsOfTheRecipe() {
        var warm = new TrainingSettings(
                null, null, null, null, null, 12.0, null, null, null, null, null, null, null, null, null, null, null);
        var specialists = List.of(specialist("over", null, warm));
        assertThat(Resolver.resolve(job(null, specialists, null, null)).specialists())
                .singleElement()
                .matches(it -> it.training().epochs() == 200);
        assertThatThrownBy(() -> Resolver.resolve(job(PUBLISHED_RECIPE, specialists, null, null)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(
                        "spec.specialists[0].training.warmupEpochs: found 12.0, expected at most 5, which is its epochs");
    }

    @Test
    void decoupledRowsAndTheirWeightGoTogether() {
        var rows = new DecoupleSource("file:decouple.jsonl", null, null, null);
        var weighed = specialist("a", new ObjectiveSpec("po", Map.of("weights", Map.of("decouple", 1))), null);
        var resolved = Resolver.resolve(decoupled(rows, weighed));
        assertThat(resolved.specialists().getFirst().roles())
                .containsExactlyInAnyOrder(DataRole.FORGET, DataRole.RETAIN, DataRole.DECOUPLE);
        assertThat(Resolver.resolve(resolved.spec())).isEqualTo(resolved);
        assertThatThrownBy(() -> Resolver.resolve(decoupled(null, weighed)))
                .hasMessage(
                        "spec.decouple: found nothing, expected rows, as spec.specialists[0].objective.weights.decouple is above 0");
        assertThatThrownBy(() -> Resolver.resolve(decoupled(rows, specialist("a", ObjectiveSpec.of("npo"), null))))
                .hasMessage(
                        "spec.decouple: found rows, expected nothing, as no specialist has objective.weights.decouple above 0");
    }

    private static UnlearningJobSpec decoupled(DecoupleSource rows, Specialist specialist) {
        var job = job(null, List.of(specialist), null, null);
        return new UnlearningJobSpec(
                null,
                job.model(),
                job.forget(),
                job.retain(),
                rows,
                job.template(),
                job.output(),
                job.specialists(),
                null,
                null,
                null,
                job.execution());
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatCannotRun(UnlearningJobSpec spec, String message) {
        assertThatThrownBy(() -> Resolver.resolve(spec))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(message);
    }

    private static UnlearningJobSpec job(
            String recipe, List<Specialist> specialists, MergeSettings merge, EvaluationSettings evaluation) {
        var source = RowsSource.of("file:x");
        return new UnlearningJobSpec(
                recipe,
                Source.of("file:x"),
                source,
                source,
                null,
                null,
                new Destination("file:out"),
                specialists,
                merge,
                evaluation,
                null,
                Execution.ABSENT);
    }

    private static MergeSettings searched(String method, MergeSearch search, String semantics) {
        return new MergeSettings(method, semantics, null, null, null, null, search, null);
    }

    private static Specialist specialist(String name, ObjectiveSpec objective, TrainingSettings training) {
        return new Specialist(name, objective, training, null, null);
    }

    private static ObjectiveSpec npo(double forget, double retain, double kl) {
        return new ObjectiveSpec(
                "npo",
                Map.of(
                        "beta",
                        0.1,
                        "reduction",
                        "batch-token-mean",
                        "tokens",
                        "answer",
                        "klMask",
                        "all",
                        "weights",
                        Map.of("forget", forget, "retain", retain, "kl", kl, "decouple", 0.0)));
    }

    /** A specialist of the default recipe, which forgets these tokens until at most so much is memorised. */
    private static Specialist calibrated(String name, String tokens, double beta, double exact) {
        var objective = new ObjectiveSpec(
                "npo",
                Map.of(
                        "beta",
                        beta,
                        "reduction",
                        "per-token",
                        "tokens",
                        tokens,
                        "klMask",
                        "answer",
                        "weights",
                        Map.of("forget", 1.0, "retain", 1.0, "kl", 1.0, "decouple", 0.0)));
        var training = new TrainingSettings(
                200,
                2,
                1,
                2.0e-4,
                0.01,
                0.0,
                256,
                1.0,
                "cycle",
                false,
                "auto",
                "auto",
                "auto",
                42L,
                6,
                2,
                new TrainingTarget(exact, 0.1, 0.98, 10, 2));
        return new Specialist(name, objective, training, new LoraSpec(32, 32.0, 0.0), null);
    }

    private static TrainingSettings paired(String pairing) {
        return new TrainingSettings(
                null, null, null, null, null, null, null, null, pairing, null, null, null, null, null, null, null,
                null);
    }

    private static TrainingSettings training(int epochs, int batchSize, double rate) {
        return new TrainingSettings(
                epochs, batchSize, 4, rate, 0.01, 1.0, 256, 0.0, "fixed", false, "auto", "auto", "auto", 42L, null, 0,
                null);
    }
}
