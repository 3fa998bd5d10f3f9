package dev.lethe.planner;

import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;
import java.util.function.UnaryOperator;

/** Carries out changes of a stage's spec on a resource in memory; an API server takes a patch instead. */
public final class StageUpdate {
    private StageUpdate() {}

    public static Resource<StageSpec, StageResourceStatus> of(
            Resource<? extends StageSpec, StageResourceStatus> stage, Action.SuspendStage action) {
        return changed(stage, execution -> execution.withSuspend(action.suspend()));
    }

    public static Resource<StageSpec, StageResourceStatus> of(
            Resource<? extends StageSpec, StageResourceStatus> stage, Action.UpdateStage action) {
        return changed(stage, execution -> execution.withRetry(action.retry()));
    }

    private static Resource<StageSpec, StageResourceStatus> changed(
            Resource<? extends StageSpec, StageResourceStatus> stage, UnaryOperator<Execution> change) {
        var spec = stage.spec();
        return stage.withSpec(spec.withExecution(change.apply(spec.execution())));
    }
}
