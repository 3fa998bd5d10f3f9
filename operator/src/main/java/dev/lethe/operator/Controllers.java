package dev.lethe.operator;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.ModelEvaluation;
import dev.lethe.operator.cluster.LetheObject.ModelMerge;
import dev.lethe.operator.cluster.LetheObject.ModelPreparation;
import dev.lethe.operator.cluster.LetheObject.ModelPublication;
import dev.lethe.operator.cluster.LetheObject.ModelTraining;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.job.JobReconciliation;
import dev.lethe.operator.job.JobStageEventSource;
import dev.lethe.operator.job.UnlearningJobReconciler;
import dev.lethe.operator.metric.JobGauges;
import dev.lethe.operator.metric.StageMetrics;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.OtherReleases;
import dev.lethe.operator.reconcile.ReconcileRunner;
import dev.lethe.operator.reconcile.TerminatingClaims;
import dev.lethe.operator.stage.ModelEvaluationReconciler;
import dev.lethe.operator.stage.ModelMergeReconciler;
import dev.lethe.operator.stage.ModelPreparationReconciler;
import dev.lethe.operator.stage.ModelPublicationReconciler;
import dev.lethe.operator.stage.ModelTrainingReconciler;
import dev.lethe.operator.stage.StageController;
import dev.lethe.operator.stage.StageReconciliation;
import dev.lethe.operator.workload.WorkerSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** One reconciler per kind. */
public record Controllers(
        UnlearningJobReconciler jobs,
        StageController<ModelPreparation> preparations,
        StageController<ModelTraining> trainings,
        StageController<ModelMerge> merges,
        StageController<ModelEvaluation> evaluations,
        StageController<ModelPublication> publications) {

    /**
     * @param namespaces that are served; all where there is none
     * @param workers the present settings for workers
     * @param workloadKind Kueue's Workload, where the cluster has it
     */
    public static Controllers of(
            KubernetesClient client,
            Set<String> namespaces,
            Supplier<WorkerSettings> workers,
            Optional<GroupVersionKind> workloadKind,
            MeterRegistry registry,
            JobGauges gauges,
            Clock clock) {
        var recorder = new EventRecorder(client, clock);
        var runner = new ReconcileRunner(clock);
        var conflicts = new DestinationConflicts();
        var jobStages = new JobStageEventSource();
        var claims = new TerminatingClaims();
        var releases = new OtherReleases(workers.get().release(), recorder, registry);
        var reconciliation = new StageReconciliation(
                client,
                namespaces,
                workers,
                recorder,
                new StageMetrics(registry),
                conflicts,
                releases,
                claims::namedBy);
        var stages = new Stages(reconciliation, runner, conflicts, jobStages, claims, workloadKind);
        return new Controllers(
                new UnlearningJobReconciler(
                        new JobReconciliation(client, recorder, gauges, conflicts),
                        runner,
                        conflicts,
                        jobStages,
                        claims),
                stages.of(Kind.ModelPreparation),
                stages.of(Kind.ModelTraining),
                stages.of(Kind.ModelMerge),
                stages.of(Kind.ModelEvaluation),
                stages.of(Kind.ModelPublication));
    }

    /** What the controllers of all kinds of stages share. */
    private record Stages(
            StageReconciliation reconciliation,
            ReconcileRunner runner,
            DestinationConflicts conflicts,
            JobStageEventSource jobStages,
            TerminatingClaims claims,
            Optional<GroupVersionKind> workloadKind) {
        <O extends LetheObject> StageController<O> of(Kind kind) {
            return new StageController<>(kind, reconciliation, runner, conflicts, jobStages, claims, workloadKind);
        }
    }

    List<Reconciler<? extends LetheObject>> reconcilers() {
        return List.of(
                jobs,
                new ModelPreparationReconciler(preparations),
                new ModelTrainingReconciler(trainings),
                new ModelMergeReconciler(merges),
                new ModelEvaluationReconciler(evaluations),
                new ModelPublicationReconciler(publications));
    }

    public List<StageController<?>> stages() {
        return List.of(preparations, trainings, merges, evaluations, publications);
    }
}
