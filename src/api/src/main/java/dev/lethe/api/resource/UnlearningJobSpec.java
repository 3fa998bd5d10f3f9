package dev.lethe.api.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forget this, keep that, from this model, into that place. Everything else has the recipe's default. */
public record UnlearningJobSpec(
        @Nullable String recipe,
        Source model,
        Source forget,
        Source retain,
        @Nullable Workspace workspace,
        Destination output,
        @Nullable List<Specialist> specialists,
        @Nullable MergeSettings merge,
        @Nullable EvaluationSettings evaluation,
        @Nullable Compute compute,
        @Nullable Retry retry,
        @Nullable Long activeDeadlineSeconds,
        @Nullable Boolean suspend,
        @Nullable String queueName)
        implements Spec {}
