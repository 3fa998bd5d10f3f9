package dev.lethe.operator.workload;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import java.util.Objects;

/**
 * The manifest of an attempt: a Job of one pod, with the stage file in the pod's annotations. It has the attempt's name and
 * belongs to the stage resource. It is created once and never applied again, since queues and other controllers edit it.
 */
public final class AttemptManifest {
    private AttemptManifest() {}

    /**
     * @param stage as the API server has it, with its uid
     * @param file the input of the attempt's worker
     */
    public static Job of(
            Resource<? extends StageSpec, ?> stage, Attempt attempt, StageFile file, WorkerSettings settings) {
        var execution = stage.spec().execution();
        var queue = execution.queueName();
        var compute = execution.compute();
        var job = job(stage, attempt, file, settings);
        if (compute != null && compute.workloadPriorityClassName() != null) {
            job.editMetadata()
                    .addToLabels(Labels.WORKLOAD_PRIORITY, compute.workloadPriorityClassName())
                    .endMetadata();
        }
        return queue == null ? job.build() : queued(job, queue).build();
    }

    /** One pod that runs once: the planner decides whether another attempt follows. */
    private static JobBuilder job(
            Resource<? extends StageSpec, ?> stage, Attempt attempt, StageFile file, WorkerSettings settings) {
        return new JobBuilder()
                .withMetadata(metadata(stage, attempt, settings.release()))
                .withNewSpec()
                .withParallelism(1)
                .withCompletions(1)
                .withBackoffLimit(0)
                .withPodReplacementPolicy("Failed")
                .withPodFailurePolicy(failurePolicy())
                .withActiveDeadlineSeconds(stage.spec().execution().activeDeadlineSeconds())
                .withTemplate(WorkerPod.template(stage, attempt, file, settings))
                .endSpec();
    }

    /** Suspended until its queue admits it. */
    private static JobBuilder queued(JobBuilder job, String queue) {
        return job.editMetadata()
                .addToLabels(Labels.QUEUE, queue)
                .endMetadata()
                .editSpec()
                .withSuspend(true)
                .endSpec();
    }

    /**
     * Every failure ends the Job. The rules only make its condition say which failure it was, even when the pod is gone. A
     * disruption comes first: it is not counted, and a new attempt follows instead of another pod in the same Job.
     */
    private static PodFailurePolicy failurePolicy() {
        return new PodFailurePolicyBuilder()
                .addNewRule()
                .withAction("FailJob")
                .addNewOnPodCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .endOnPodCondition()
                .endRule()
                .addNewRule()
                .withAction("FailJob")
                .withNewOnExitCodes()
                .withContainerName(WorkerPod.CONTAINER)
                .withOperator("In")
                .withValues(ExitCode.INVALID_INPUT.code(), ExitCode.REFUSED.code())
                .endOnExitCodes()
                .endRule()
                .build();
    }

    private static ObjectMeta metadata(Resource<? extends StageSpec, ?> stage, Attempt attempt, String release) {
        return new ObjectMetaBuilder()
                .withName(attempt.name())
                .withNamespace(stage.metadata().namespace())
                .withLabels(Labels.of(stage, attempt))
                .addToLabels(Labels.RELEASE, release)
                .withOwnerReferences(owner(stage))
                .build();
    }

    /** Without {@code blockOwnerDeletion}, which some clusters forbid to whoever may not set finalizers. */
    private static OwnerReference owner(Resource<? extends StageSpec, ?> stage) {
        return new OwnerReferenceBuilder()
                .withApiVersion(Resource.API_VERSION)
                .withKind(stage.kind().name())
                .withName(stage.name())
                .withUid(Objects.requireNonNull(stage.metadata().uid(), "uid"))
                .withController(true)
                .build();
    }
}
