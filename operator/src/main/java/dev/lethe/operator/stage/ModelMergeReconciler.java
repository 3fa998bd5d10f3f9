package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject.ModelMerge;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record ModelMergeReconciler(StageController<ModelMerge> controller) implements Reconciler<ModelMerge> {
    @Override
    public List<EventSource<?, ModelMerge>> prepareEventSources(EventSourceContext<ModelMerge> context) {
        return controller.prepareEventSources(context);
    }

    @Override
    public UpdateControl<ModelMerge> reconcile(ModelMerge stage, Context<ModelMerge> context) {
        return controller.reconcile(stage, context);
    }
}
