package dev.lethe.planner.recipe;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.UnlearningJobSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A published way to unlearn: the defaults for everything that a job may omit.
 *
 * @param specialists the defaults for a job's specialists of the same name
 */
public record Recipe(
        String name, List<Specialist> specialists, MergeSettings merge, EvaluationSettings evaluation, Retry retry) {

    /** Unlearning via model merging: ZJUKLAB at SemEval-2025 Task 4, as its code has it. */
    public static final Recipe SEMEVAL2025_MERGE = new Recipe(
            "semeval2025-merge",
            List.of(
                    specialist("over", Map.of("forget", 0.4, "retain", 0.2, "kl", 0.4), 1),
                    specialist("under", Map.of("forget", 0.3, "retain", 0.4, "kl", 0.3), 2)),
            new MergeSettings("ties", "peft", 0.8, null, "total", null, null),
            new EvaluationSettings(
                    List.of(SuiteSpec.of("semeval2025")),
                    List.of(
                            new Gate("semeval2025/forget-knowledge", 0.1, null, null, null),
                            new Gate("semeval2025/retain-knowledge", null, null, null, 0.8)),
                    null),
            Retry.DEFAULTS);

    private static final Map<String, Recipe> BY_NAME =
            new TreeMap<>(Map.of(SEMEVAL2025_MERGE.name(), SEMEVAL2025_MERGE));

    /**
     * The recipe of that name; the default one where there is none.
     *
     * @throws InvalidSpec if no recipe has that name
     */
    public static Recipe named(@Nullable String name) {
        var recipe = name == null ? SEMEVAL2025_MERGE : BY_NAME.get(name);
        if (recipe == null) {
            throw new InvalidSpec(
                    "spec.recipe", Objects.requireNonNull(name), "one of " + String.join(", ", BY_NAME.keySet()));
        }
        return recipe;
    }

    /**
     * The spec, completed from its recipe. Completing twice changes nothing.
     *
     * @throws InvalidSpec if the recipe is unknown, or the spec cannot run
     */
    public static UnlearningJobSpec expand(UnlearningJobSpec spec) {
        return named(spec.recipe()).complete(spec);
    }

    private UnlearningJobSpec complete(UnlearningJobSpec spec) {
        var completeSpecialists = Completion.specialists(spec.specialists(), specialists);
        return new UnlearningJobSpec(
                name,
                spec.model(),
                spec.forget(),
                spec.retain(),
                spec.workspace(),
                spec.output(),
                completeSpecialists,
                Completion.merge(spec.merge(), merge, completeSpecialists.size()),
                Completion.evaluation(spec.evaluation(), evaluation),
                spec.compute(),
                spec.retry() != null && spec.retry().maxAttempts() != null ? spec.retry() : retry,
                spec.activeDeadlineSeconds(),
                spec.suspend(),
                spec.queueName(),
                spec.ttlSecondsAfterFinished());
    }

    private static Specialist specialist(String name, Map<String, Double> weights, int batchSize) {
        var batch =
                new TrainingSettings(null, batchSize, null, null, null, null, null, null, null, null, null, null, null);
        return new Specialist(
                name,
                ObjectiveDefaults.fill(new ObjectiveSpec("npo", Map.of(ObjectiveSpec.WEIGHTS, weights)), "objective"),
                batch.orElse(TrainingSettings.DEFAULTS),
                LoraSpec.DEFAULTS,
                null);
    }
}
