package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject.ModelPublication;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record ModelPublicationReconciler(StageController<ModelPublication> controller)
        implements Reconciler<ModelPublication> {
    @Override
    public List<EventSource<?, ModelPublication>> prepareEventSources(EventSourceContext<ModelPublication> context) {
        return controller.prepareEventSources(context);
    }

    @Override
    public UpdateControl<ModelPublication> reconcile(ModelPublication stage, Context<ModelPublication> context) {
        return controller.reconcile(stage, context);
    }
}
