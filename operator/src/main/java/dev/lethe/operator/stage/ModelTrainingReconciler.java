package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject.ModelTraining;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record ModelTrainingReconciler(StageController<ModelTraining> controller) implements Reconciler<ModelTraining> {
    @Override
    public List<EventSource<?, ModelTraining>> prepareEventSources(EventSourceContext<ModelTraining> context) {
        return controller.prepareEventSources(context);
    }

    @Override
    public UpdateControl<ModelTraining> reconcile(ModelTraining stage, Context<ModelTraining> context) {
        return controller.reconcile(stage, context);
    }
}
