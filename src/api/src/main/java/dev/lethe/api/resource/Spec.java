package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** What every kind's spec has in common: how its pods run. Nothing else of a spec may change after creation. */
public sealed interface Spec permits UnlearningJobSpec, StageSpec {
    /** How the pods run; a local run uses what the machine has. */
    @Nullable
    Compute compute();

    /** How often a stage is attempted before it has failed. */
    @Mutable
    @Nullable
    Retry retry();

    /** Seconds that may be spent running, time suspended or queued not counted; unlimited when absent. It may only be raised. */
    @Mutable
    @Nullable
    Long activeDeadlineSeconds();

    /** Whether to stop at the last checkpoint and hold until this is false. */
    @Mutable
    @Nullable
    Boolean suspend();

    /** The Kueue queue that admits the pods. */
    @Nullable
    String queueName();

    /**
     * Seconds from the end of an attempt at a stage until its Job and pod are deleted, with their logs; a local run has none.
     * The resource stays, and with it its status. As the operator's configuration says when absent.
     */
    @Nullable
    Long ttlSecondsAfterFinished();
}
