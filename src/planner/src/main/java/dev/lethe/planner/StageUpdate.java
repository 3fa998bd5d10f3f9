package dev.lethe.planner;

import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;
import java.util.function.UnaryOperator;

/** Changes a stage's spec in memory, where there is no API server to patch it. */
public final class StageUpdate {
    private StageUpdate() {}

    public static Resource<StageSpec, StageResourceStatus> of(
            Resource<? extends StageSpec, StageResourceStatus> stage, JobAction.SuspendStage action) {
        return changed(stage, execution -> execution.withSuspend(action.suspend()));
    }

    public static Resource<StageSpec, StageResourceStatus> of(
            Resource<? extends StageSpec, StageResourceStatus> stage, JobAction.UpdateStage action) {
        return changed(stage, execution -> execution.withRetry(action.retry()));
    }

    private static Resource<StageSpec, StageResourceStatus> changed(
            Resource<? extends StageSpec, StageResourceStatus> stage, UnaryOperator<Execution> change) {
        var spec = stage.spec();
        return stage.withSpec(spec.withExecution(change.apply(spec.execution())));
    }
}
