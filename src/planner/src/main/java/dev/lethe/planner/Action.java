package dev.lethe.planner;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plan wants done, in order, before its status is written. Every action may be repeated: a caller that is cut
 * off between acting and writing gets the same plan again.
 */
public sealed interface Action {
    /** Create a stage resource; that it exists already and is the job's own is success. */
    record CreateStage(Resource<? extends StageSpec, StageResourceStatus> stage) implements Action {}

    /**
     * Set {@code spec.suspend} of a stage resource; its own planner then stops or continues the attempt. This is also how
     * a job that fails stops the stages at work. That there is none is success.
     *
     * @param stage the resource's name
     */
    record SuspendStage(String stage, boolean suspend) implements Action {}

    /**
     * Set {@code spec.retry} of a stage resource to what its job says now. A job's deadline is its own: its stages have none.
     * That there is no such stage is success.
     *
     * @param stage the resource's name
     */
    record UpdateStage(String stage, @Nullable Retry retry) implements Action {}

    /**
     * Start (or, after a suspension, continue) an attempt: a Job of that name in a cluster, a worker in a local run. That
     * it exists already and is the stage's own is success.
     */
    record CreateAttempt(Attempt attempt, StageFile file) implements Action {}

    /** Stop an attempt's worker; that there is none is success. */
    record StopAttempt(String attempt, Reason reason) implements Action {}

    /** Delete what is left of attempts whose end is on record: the status has the facts. That there is nothing is success. */
    record DeleteAttempts(List<String> attempts) implements Action {}

    /** Plan again at this time, if nothing changes before. Of several, the earliest counts. */
    record WaitUntil(Instant time) implements Action {}
}
