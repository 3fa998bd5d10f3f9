package dev.lethe.operator.job;

import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.ReconcileResult;
import dev.lethe.operator.reconcile.ReconcileRunner;
import dev.lethe.operator.reconcile.TerminatingClaims;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record UnlearningJobReconciler(
        JobReconciliation reconciliation,
        ReconcileRunner runner,
        DestinationConflicts conflicts,
        JobStageEventSource stages,
        TerminatingClaims claims)
        implements Reconciler<UnlearningJob> {
    @Override
    public List<EventSource<?, UnlearningJob>> prepareEventSources(EventSourceContext<UnlearningJob> context) {
        conflicts.watch(context.getPrimaryCache());
        return List.of(stages, claims.informer(context));
    }

    @Override
    public UpdateControl<UnlearningJob> reconcile(UnlearningJob job, Context<UnlearningJob> context) {
        return runner.run(
                job,
                context,
                now -> stages.started() ? reconciliation.reconcile(job, stages, now) : ReconcileResult.stale());
    }
}
