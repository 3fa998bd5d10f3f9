package dev.lethe.pipeline;

import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;

/** Carries out {@link Action.SuspendStage} on a stage resource in memory; an API server takes a patch instead. */
public final class Suspension {
    private Suspension() {}

    /** The stage with {@code spec.suspend} set. */
    public static Resource<StageSpec, StageResourceStatus> of(
            Resource<? extends StageSpec, StageResourceStatus> r, boolean suspend) {
        return new Resource<>(r.apiVersion(), r.kind(), r.metadata(), of(r.spec(), suspend), r.status());
    }

    private static StageSpec of(StageSpec spec, boolean suspend) {
        return switch (spec) {
            case ModelTrainingSpec s ->
                new ModelTrainingSpec(
                        s.model(),
                        s.forget(),
                        s.retain(),
                        s.data(),
                        s.objective(),
                        s.training(),
                        s.mode(),
                        s.lora(),
                        s.output(),
                        s.workspace(),
                        s.compute(),
                        s.retry(),
                        s.activeDeadlineSeconds(),
                        suspend,
                        s.queueName());
            case ModelMergeSpec s ->
                new ModelMergeSpec(
                        s.base(),
                        s.inputs(),
                        s.method(),
                        s.semantics(),
                        s.density(),
                        s.majoritySign(),
                        s.output(),
                        s.workspace(),
                        s.compute(),
                        s.retry(),
                        s.activeDeadlineSeconds(),
                        suspend,
                        s.queueName());
            case ModelEvaluationSpec s ->
                new ModelEvaluationSpec(
                        s.model(),
                        s.adapter(),
                        s.forget(),
                        s.retain(),
                        s.suites(),
                        s.gates(),
                        s.baseline(),
                        s.output(),
                        s.workspace(),
                        s.compute(),
                        s.retry(),
                        s.activeDeadlineSeconds(),
                        suspend,
                        s.queueName());
            case ModelPublicationSpec s ->
                new ModelPublicationSpec(
                        s.model(),
                        s.output(),
                        s.verdict(),
                        s.gates(),
                        s.evidence(),
                        s.workspace(),
                        s.compute(),
                        s.retry(),
                        s.activeDeadlineSeconds(),
                        suspend,
                        s.queueName());
        };
    }
}
