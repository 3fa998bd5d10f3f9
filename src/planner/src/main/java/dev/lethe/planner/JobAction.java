package dev.lethe.planner;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;
import org.jspecify.annotations.Nullable;

/** What a job does to its stages. */
public sealed interface JobAction {
    /** Creates a stage resource; one that exists and is the job's own counts as created. */
    record CreateStage(Resource<? extends StageSpec, StageResourceStatus> stage) implements JobAction {}

    /**
     * Sets {@code spec.suspend} of a stage resource; its own planner then stops or continues the attempt. A job that fails
     * stops its active stages in this way, too. A stage that does not exist needs nothing.
     *
     * @param stage the resource's name
     */
    record SuspendStage(String stage, boolean suspend) implements JobAction {}

    /**
     * Sets {@code spec.retry} of a stage resource to that of its job. A stage that does not exist needs nothing.
     *
     * @param stage the resource's name
     */
    record UpdateStage(String stage, @Nullable Retry retry) implements JobAction {}
}
