package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.LetheObject.ModelEvaluation;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

public record ModelEvaluationReconciler(StageController<ModelEvaluation> controller)
        implements Reconciler<ModelEvaluation> {
    @Override
    public List<EventSource<?, ModelEvaluation>> prepareEventSources(EventSourceContext<ModelEvaluation> context) {
        return controller.prepareEventSources(context);
    }

    @Override
    public UpdateControl<ModelEvaluation> reconcile(ModelEvaluation stage, Context<ModelEvaluation> context) {
        return controller.reconcile(stage, context);
    }
}
