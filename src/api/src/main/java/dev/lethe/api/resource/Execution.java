package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * How pods run: what the specs of all kinds have in common, and no worker needs to know. Its fields stand in a spec's document
 * beside the others.
 *
 * @param workspace the claim for checkpoints and unfinished output, which the stages of a job share; a job in a cluster needs
 *     one, a local run none
 * @param compute how the pods run; a local run uses what the machine has
 * @param retry how often a stage is attempted before it has failed
 * @param activeDeadlineSeconds seconds that may be spent, waiting for a pod included, time suspended or queued not; unlimited when absent. It
 *     may only be raised
 * @param suspend whether to stop at the last checkpoint and hold until this is false
 * @param queueName the Kueue queue that admits the pods
 * @param ttlSecondsAfterFinished seconds from the end of an attempt at a stage until its Job and pod are deleted, with their
 *     logs; a local run has none. The resource stays, and with it its status. As the operator's configuration says when absent
 */
public record Execution(
        @Nullable Workspace workspace,
        @Nullable Compute compute,
        @Mutable @Nullable Retry retry,
        @Mutable @Min(1) @Max(31536000) @Nullable Long activeDeadlineSeconds,
        @Mutable @Nullable Boolean suspend,
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.LABEL_LENGTH) @Nullable String queueName,
        @Min(0) @Max(Integer.MAX_VALUE) @Nullable Long ttlSecondsAfterFinished) {
    /** Nothing said. */
    public static final Execution ABSENT = new Execution(null, null, null, null, null, null, null);

    /** Whether to hold. */
    public boolean suspended() {
        return Boolean.TRUE.equals(suspend);
    }

    public Execution withCompute(@Nullable Compute other) {
        return new Execution(
                workspace, other, retry, activeDeadlineSeconds, suspend, queueName, ttlSecondsAfterFinished);
    }

    public Execution withSuspend(@Nullable Boolean other) {
        return new Execution(
                workspace, compute, retry, activeDeadlineSeconds, other, queueName, ttlSecondsAfterFinished);
    }

    public Execution withRetry(@Nullable Retry other) {
        return new Execution(
                workspace, compute, other, activeDeadlineSeconds, suspend, queueName, ttlSecondsAfterFinished);
    }

    /** As the stages of a job have it, which bounds their time and suspends them itself. */
    public Execution ofStage() {
        return new Execution(workspace, compute, retry, null, null, queueName, ttlSecondsAfterFinished);
    }
}
