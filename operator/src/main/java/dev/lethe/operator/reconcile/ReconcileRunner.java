package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.planner.Timings;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/** Runs a reconciliation and hands its result to the operator framework. */
public record ReconcileRunner(Clock clock) {
    /** Reconciles an object once. The next reconciliation sees what this one wrote, even if the informer is late. */
    public <O extends LetheObject> UpdateControl<O> run(
            O object, Context<O> context, Function<Instant, ReconcileResult> reconciliation) {
        if (object.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        var result = reconciliation.apply(clock.instant().truncatedTo(ChronoUnit.SECONDS));
        result.written().ifPresent(written -> cache(object, written, context));
        UpdateControl<O> control = UpdateControl.noUpdate();
        result.requeueAfter()
                .map(wait -> wait.compareTo(Timings.RESYNC) < 0 ? wait : Timings.RESYNC)
                .ifPresent(control::rescheduleAfter);
        return control;
    }

    @SuppressWarnings("unchecked") // the API server returns the kind that it was given
    private static <O extends LetheObject> void cache(O before, LetheObject written, Context<O> context) {
        context.eventSourceRetriever()
                .getControllerEventSource()
                .handleRecentResourceUpdate(ResourceID.fromResource(before), (O) written, before);
    }
}
