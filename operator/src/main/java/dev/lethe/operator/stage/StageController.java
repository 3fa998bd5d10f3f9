package dev.lethe.operator.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.job.JobStageEventSource;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.ReconcileRunner;
import dev.lethe.operator.reconcile.TerminatingClaims;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the reconcilers of the stage kinds share: the informers, and the reconciliation of a stage. */
public final class StageController<O extends LetheObject> implements StageLister {
    private final Kind kind;
    private final StageReconciliation reconciliation;
    private final ReconcileRunner runner;
    private final DestinationConflicts conflicts;
    private final JobStageEventSource jobStages;
    private final TerminatingClaims claims;
    private final Optional<GroupVersionKind> workloadKind;
    private volatile @Nullable ResourceCache<O> stages;
    private volatile @Nullable StageInformers<O> informers;

    /** @param workloadKind Kueue's Workload, where the cluster has it */
    public StageController(
            Kind kind,
            StageReconciliation reconciliation,
            ReconcileRunner runner,
            DestinationConflicts conflicts,
            JobStageEventSource jobStages,
            TerminatingClaims claims,
            Optional<GroupVersionKind> workloadKind) {
        this.kind = kind;
        this.reconciliation = reconciliation;
        this.runner = runner;
        this.conflicts = conflicts;
        this.jobStages = jobStages;
        this.claims = claims;
        this.workloadKind = workloadKind;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    List<EventSource<?, O>> prepareEventSources(EventSourceContext<O> context) {
        var prepared = new StageInformers<>(kind, context, workloadKind);
        stages = context.getPrimaryCache();
        conflicts.watch(context.getPrimaryCache());
        informers = prepared;
        return Stream.concat(
                        prepared.eventSources().stream(),
                        Stream.of(jobStages.watch(kind, context), claims.watch(context)))
                .toList();
    }

    /**
     * Whether an update of a stage wakes its reconciler: a new generation, a deletion, or a report of a worker whose
     * attempt is not in the status yet. Without that record, the attempt would not count if its Job was deleted.
     */
    public static boolean wakesReconciler(LetheObject now, LetheObject before) {
        return !now.getMetadata().getGeneration().equals(before.getMetadata().getGeneration())
                || now.isMarkedForDeletion() != before.isMarkedForDeletion()
                || hasUnrecordedWorker(ClusterDocuments.stageStatus(now), before);
    }

    private static boolean hasUnrecordedWorker(@Nullable StageResourceStatus now, LetheObject before) {
        if (now == null || now.progress() == null || (now.phase() != null && now.phase() != Phase.Pending)) {
            return false;
        }
        var was = ClusterDocuments.stageStatus(before);
        return was == null || !now.progress().equals(was.progress());
    }

    UpdateControl<O> reconcile(O stage, Context<O> context) {
        var prepared = informers;
        if (prepared == null) {
            throw new IllegalStateException("event sources are prepared before anything is reconciled");
        }
        return runner.run(stage, context, now -> reconciliation.reconcile(stage, prepared, now));
    }

    @Override
    public Optional<LetheObject> stage(String namespace, String name) {
        var cache = stages;
        return cache == null
                ? Optional.empty()
                : cache.get(new ResourceID(name, namespace)).map(LetheObject.class::cast);
    }

    @Override
    public List<Pod> pods(LetheObject stage, String attempt) {
        var prepared = informers;
        return prepared == null
                ? List.of()
                : prepared.job(stage, attempt).map(prepared::pods).orElse(List.of());
    }
}
