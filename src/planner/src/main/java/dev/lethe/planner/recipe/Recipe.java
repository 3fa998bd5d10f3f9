package dev.lethe.planner.recipe;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.TrainingTarget;
import dev.lethe.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A published way to unlearn: the defaults for everything that a job may omit.
 *
 * @param template whether prompts are put into the model's chat template
 * @param specialists the defaults for a job's specialists of the same name
 * @param training of a specialist that the recipe does not know, and of a training that is used alone
 * @param lora of the same
 */
record Recipe(
        String name,
        String template,
        List<Specialist> specialists,
        TrainingSettings training,
        LoraSpec lora,
        MergeSettings merge,
        EvaluationSettings evaluation,
        Retry retry) {

    /** Settings of the published training, batch size of the over-forgetting specialist. */
    private static final TrainingSettings TRAINING =
            new TrainingSettings(5, 1, 4, 1.0e-4, 0.01, 1.0, 256, 0.0, "fixed", false, "auto", "auto", 42L, null, null);

    /** What a training that ends by a target aims at. */
    static final TrainingTarget UNTIL = new TrainingTarget(0.2, 0.1, 0.98, 10);

    private static final LoraSpec LORA = new LoraSpec(32, 32.0, 0.05);

    /** What a search has that says nothing, whatever the recipe; one that searches is a recipe's own choice. */
    static final MergeSearch SEARCH =
            new MergeSearch(40, List.of("ties", "linear", "cat"), List.of(0.6, 0.8, 1.0), 0.5, 0.25, 0.95);

    /** Unlearning via model merging: ZJUKLAB at SemEval-2025 Task 4, as its code has it. */
    static final Recipe SEMEVAL2025_MERGE = new Recipe(
            "semeval2025-merge",
            "none",
            List.of(
                    specialist("over", Map.of("forget", 0.4, "retain", 0.2, "kl", 0.4), 1),
                    specialist("under", Map.of("forget", 0.3, "retain", 0.4, "kl", 0.3), 2)),
            TRAINING,
            LORA,
            new MergeSettings("ties", "peft", 0.8, null, "total", null, null),
            new EvaluationSettings(
                    List.of(SuiteSpec.of("semeval2025")),
                    List.of(
                            new Gate("semeval2025/forget-knowledge", 0.1, null, null, null),
                            new Gate("semeval2025/retain-knowledge", null, null, null, 0.8)),
                    null),
            new Retry(3));

    /** What a job has that names no recipe, and a stage that is used alone. */
    static final Recipe DEFAULT = SEMEVAL2025_MERGE;

    static final Map<String, Recipe> BY_NAME = new TreeMap<>(Map.of(SEMEVAL2025_MERGE.name(), SEMEVAL2025_MERGE));

    /**
     * The recipe of that name; the default one where there is none.
     *
     * @throws InvalidSpec if no recipe has that name
     */
    static Recipe named(@Nullable String name) {
        if (name == null) {
            return DEFAULT;
        }
        var descriptor = Catalog.RECIPES.get(
                name, "recipe", (field, found, expected) -> new InvalidSpec("spec." + field, found, expected));
        return Objects.requireNonNull(BY_NAME.get(descriptor.name()));
    }

    private static Specialist specialist(String name, Map<String, Double> weights, int batchSize) {
        var objective = new ObjectiveSpec("npo", Map.of(ObjectiveSpec.WEIGHTS, weights));
        return new Specialist(
                name, objective, TrainingSettings.ofBatchSize(batchSize).orElse(TRAINING), LORA, null);
    }
}
