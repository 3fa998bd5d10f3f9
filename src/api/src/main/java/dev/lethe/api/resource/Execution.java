package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** How a stage's pods run: what the specs of all stage kinds have in common, and no worker needs to know. */
public record Execution(
        @Nullable Workspace workspace,
        @Nullable Compute compute,
        @Nullable Retry retry,
        @Nullable Long activeDeadlineSeconds,
        @Nullable Boolean suspend,
        @Nullable String queueName,
        @Nullable Long ttlSecondsAfterFinished) {
    /** Nothing said. */
    public static final Execution ABSENT = new Execution(null, null, null, null, null, null, null);

    public Execution withSuspend(@Nullable Boolean other) {
        return new Execution(
                workspace, compute, retry, activeDeadlineSeconds, other, queueName, ttlSecondsAfterFinished);
    }

    public Execution withRetry(@Nullable Retry other) {
        return new Execution(
                workspace, compute, other, activeDeadlineSeconds, suspend, queueName, ttlSecondsAfterFinished);
    }
}
