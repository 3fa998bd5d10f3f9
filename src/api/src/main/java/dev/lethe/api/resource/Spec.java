package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** What every kind's spec has in common: how its pods run. Only these may change after creation. */
public sealed interface Spec permits UnlearningJobSpec, StageSpec {
    @Nullable
    Compute compute();

    @Nullable
    Retry retry();

    /** Seconds that may be spent running, suspended time not counted. */
    @Nullable
    Long activeDeadlineSeconds();

    @Nullable
    Boolean suspend();

    /** The Kueue queue that admits the pods. */
    @Nullable
    String queueName();
}
