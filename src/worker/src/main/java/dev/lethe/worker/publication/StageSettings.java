package dev.lethe.worker.publication;

import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeParameters;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.stage.MergeSearchResult;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of a stage: its spec without places and without what pods need. */
record StageSettings(@Nullable Training training, @Nullable Merge merge, @Nullable Evaluation evaluation) {
    /** @param mode {@code lora} or {@code full} */
    record Training(
            ObjectiveSpec objective,
            @Nullable TrainingSettings settings,
            @Nullable String mode,
            @Nullable LoraSpec lora) {}

    /**
     * @param weights by input
     * @param checkpoints folders in the inputs' own whose weights were merged; absent where nothing chose any
     * @param search by which method, density and weights were found
     */
    record Merge(
            @Nullable String method,
            @Nullable String semantics,
            @Nullable Double density,
            @Nullable String majoritySign,
            @Nullable MergeParameters parameters,
            SortedMap<String, Double> weights,
            @Nullable SortedMap<String, String> checkpoints,
            @Nullable MergeSearch search) {}

    private static final String TOKENS = "maxNewTokens";

    /** @param maxNewTokens by suite */
    record Evaluation(SortedMap<String, Integer> maxNewTokens) {}

    /** @param search what a merge that was searched for came of */
    static @Nullable StageSettings of(StageSpec spec, @Nullable MergeSearchResult search) {
        return switch (spec) {
            case ModelTrainingSpec training ->
                new StageSettings(
                        new Training(training.objective(), training.training(), training.mode(), training.lora()),
                        null,
                        null);
            case ModelMergeSpec merge ->
                new StageSettings(null, search == null ? merge(merge) : merge(merge, search.chosen()), null);
            case ModelEvaluationSpec evaluation ->
                new StageSettings(
                        null,
                        null,
                        new Evaluation(evaluation.suites().stream()
                                .filter(suite -> suite.options().get(TOKENS) != null)
                                .collect(Collectors.toMap(
                                        SuiteSpec::name,
                                        suite -> ((Number) suite.options().get(TOKENS)).intValue(),
                                        (first, second) -> first,
                                        TreeMap::new))));
            case ModelPreparationSpec preparation -> null;
            case ModelPublicationSpec publication -> null;
        };
    }

    private static Merge merge(ModelMergeSpec spec) {
        Map<String, Double> weights = spec.inputs().stream()
                .collect(Collectors.toMap(MergeInput::name, input -> Objects.requireNonNullElse(input.weight(), 1.0)));
        return new Merge(
                spec.method(),
                spec.semantics(),
                spec.density(),
                spec.majoritySign(),
                spec.parameters(),
                new TreeMap<>(weights),
                null,
                null);
    }

    private static Merge merge(ModelMergeSpec spec, MergeSearchResult.Merge chosen) {
        return new Merge(
                chosen.method(),
                spec.semantics(),
                chosen.density(),
                null,
                null,
                chosen.weights(),
                chosen.checkpoints().isEmpty() ? null : chosen.checkpoints(),
                spec.search());
    }
}
