package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject.ModelPreparation;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record ModelPreparationReconciler(StageController<ModelPreparation> controller)
        implements Reconciler<ModelPreparation> {
    @Override
    public List<EventSource<?, ModelPreparation>> prepareEventSources(EventSourceContext<ModelPreparation> context) {
        return controller.prepareEventSources(context);
    }

    @Override
    public UpdateControl<ModelPreparation> reconcile(ModelPreparation stage, Context<ModelPreparation> context) {
        return controller.reconcile(stage, context);
    }
}
