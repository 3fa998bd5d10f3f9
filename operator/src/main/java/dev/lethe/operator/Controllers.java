package dev.lethe.operator;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.ModelEvaluation;
import dev.lethe.operator.cluster.LetheObject.ModelMerge;
import dev.lethe.operator.cluster.LetheObject.ModelPreparation;
import dev.lethe.operator.cluster.LetheObject.ModelPublication;
import dev.lethe.operator.cluster.LetheObject.ModelTraining;
import dev.lethe.operator.event.Announcer;
import dev.lethe.operator.job.JobPass;
import dev.lethe.operator.job.JobStages;
import dev.lethe.operator.job.UnlearningJobReconciler;
import dev.lethe.operator.metric.JobCensus;
import dev.lethe.operator.metric.StageMetrics;
import dev.lethe.operator.pass.Destinations;
import dev.lethe.operator.pass.Passes;
import dev.lethe.operator.stage.ModelEvaluationReconciler;
import dev.lethe.operator.stage.ModelMergeReconciler;
import dev.lethe.operator.stage.ModelPreparationReconciler;
import dev.lethe.operator.stage.ModelPublicationReconciler;
import dev.lethe.operator.stage.ModelTrainingReconciler;
import dev.lethe.operator.stage.StageController;
import dev.lethe.operator.stage.StagePass;
import dev.lethe.operator.workload.WorkerSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
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
     * @param workers what is said of workers, as it is now
     * @param workloadKind Kueue's Workload, where the cluster has it
     */
    public static Controllers of(
            KubernetesClient client,
            Supplier<WorkerSettings> workers,
            Optional<GroupVersionKind> workloadKind,
            MeterRegistry registry,
            JobCensus census,
            Clock clock) {
        var announcer = new Announcer(client, clock);
        var passes = new Passes(clock);
        var destinations = new Destinations();
        var stages = new JobStages();
        var stage = new StagePass(client, workers, announcer, new StageMetrics(registry), destinations);
        return new Controllers(
                new UnlearningJobReconciler(
                        new JobPass(client, announcer, census, destinations), passes, destinations, stages),
                new StageController<>(Kind.ModelPreparation, stage, passes, destinations, stages, workloadKind),
                new StageController<>(Kind.ModelTraining, stage, passes, destinations, stages, workloadKind),
                new StageController<>(Kind.ModelMerge, stage, passes, destinations, stages, workloadKind),
                new StageController<>(Kind.ModelEvaluation, stage, passes, destinations, stages, workloadKind),
                new StageController<>(Kind.ModelPublication, stage, passes, destinations, stages, workloadKind));
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
