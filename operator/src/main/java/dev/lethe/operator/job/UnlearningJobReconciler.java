package dev.lethe.operator.job;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.ModelEvaluation;
import dev.lethe.operator.cluster.LetheObject.ModelMerge;
import dev.lethe.operator.cluster.LetheObject.ModelPreparation;
import dev.lethe.operator.cluster.LetheObject.ModelPublication;
import dev.lethe.operator.cluster.LetheObject.ModelTraining;
import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import dev.lethe.operator.pass.Destinations;
import dev.lethe.operator.pass.Passes;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public final class UnlearningJobReconciler implements Reconciler<UnlearningJob> {
    private final JobPass pass;
    private final Passes passes;
    private final Destinations destinations;
    private List<StageInformer<?>> informers = List.of();

    public UnlearningJobReconciler(JobPass pass, Passes passes, Destinations destinations) {
        this.pass = pass;
        this.passes = passes;
        this.destinations = destinations;
    }

    @Override
    public List<EventSource<?, UnlearningJob>> prepareEventSources(EventSourceContext<UnlearningJob> context) {
        destinations.watch(context.getPrimaryCache());
        informers = List.of(
                StageInformer.of(ModelPreparation.class, context),
                StageInformer.of(ModelTraining.class, context),
                StageInformer.of(ModelMerge.class, context),
                StageInformer.of(ModelEvaluation.class, context),
                StageInformer.of(ModelPublication.class, context));
        return informers.stream()
                .<EventSource<?, UnlearningJob>>map(StageInformer::source)
                .toList();
    }

    @Override
    public UpdateControl<UnlearningJob> reconcile(UnlearningJob job, Context<UnlearningJob> context) {
        return passes.conclude(job, context, now -> pass.run(job, new Stages(job, informers), now));
    }

    private record Stages(UnlearningJob job, List<StageInformer<?>> informers) implements JobCache {
        @Override
        public List<LetheObject> stages(LetheObject owner) {
            return informers.stream()
                    .<LetheObject>flatMap(informer -> informer.stages(job))
                    .toList();
        }

        @Override
        public void created(LetheObject stage) {
            informers.forEach(informer -> informer.created(stage));
        }
    }
}
