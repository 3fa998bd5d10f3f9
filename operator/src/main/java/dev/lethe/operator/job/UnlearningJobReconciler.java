package dev.lethe.operator.job;

import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import dev.lethe.operator.pass.Destinations;
import dev.lethe.operator.pass.Pass;
import dev.lethe.operator.pass.Passes;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record UnlearningJobReconciler(JobPass pass, Passes passes, Destinations destinations, JobStages stages)
        implements Reconciler<UnlearningJob> {
    @Override
    public List<EventSource<?, UnlearningJob>> prepareEventSources(EventSourceContext<UnlearningJob> context) {
        destinations.watch(context.getPrimaryCache());
        return List.of(stages);
    }

    @Override
    public UpdateControl<UnlearningJob> reconcile(UnlearningJob job, Context<UnlearningJob> context) {
        return passes.conclude(job, context, now -> stages.known() ? pass.run(job, stages, now) : Pass.stale());
    }
}
