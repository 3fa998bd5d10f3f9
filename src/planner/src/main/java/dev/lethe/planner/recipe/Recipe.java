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
import dev.lethe.api.status.ResolvedSettings;
import dev.lethe.catalog.Catalog;
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

    static final Map<String, Recipe> BY_NAME = new TreeMap<>(Map.of(SEMEVAL2025_MERGE.name(), SEMEVAL2025_MERGE));

    /**
     * The recipe of that name; the default one where there is none.
     *
     * @throws InvalidSpec if no recipe has that name
     */
    public static Recipe named(@Nullable String name) {
        if (name == null) {
            return SEMEVAL2025_MERGE;
        }
        var descriptor = Catalog.RECIPES.get(
                name, "recipe", (field, found, expected) -> new InvalidSpec("spec." + field, found, expected));
        return Objects.requireNonNull(BY_NAME.get(descriptor.name()));
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
        var settings = new ResolvedSettings(
                name,
                completeSpecialists,
                Completion.merge(spec.merge(), merge, completeSpecialists.size()),
                Completion.evaluation(spec.evaluation(), evaluation));
        return with(spec, settings, retry);
    }

    /** What a complete spec says that a recipe could have said. */
    public static ResolvedSettings resolved(UnlearningJobSpec complete) {
        return new ResolvedSettings(
                Objects.requireNonNull(complete.recipe()),
                Objects.requireNonNull(complete.specialists()),
                Objects.requireNonNull(complete.merge()),
                Objects.requireNonNull(complete.evaluation()));
    }

    /** The spec with settings that were resolved before, whatever a recipe of that name says now. */
    public static UnlearningJobSpec pinned(UnlearningJobSpec spec, ResolvedSettings settings) {
        return with(spec, settings, Retry.DEFAULTS);
    }

    private static UnlearningJobSpec with(UnlearningJobSpec spec, ResolvedSettings settings, Retry otherwise) {
        return new UnlearningJobSpec(
                settings.recipe(),
                spec.model(),
                spec.forget(),
                spec.retain(),
                spec.workspace(),
                spec.output(),
                settings.specialists(),
                settings.merge(),
                settings.evaluation(),
                spec.compute(),
                spec.retry() != null && spec.retry().maxAttempts() != null ? spec.retry() : otherwise,
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
                CatalogDefaults.objective(
                        new ObjectiveSpec("npo", Map.of(ObjectiveSpec.WEIGHTS, weights)), "objective"),
                batch.orElse(TrainingSettings.DEFAULTS),
                LoraSpec.DEFAULTS,
                null);
    }
}
