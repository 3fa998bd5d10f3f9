package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.LetheObject;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/** Runs a reconciliation and hands its result to the operator framework. */
public record ReconcileRunner(Clock clock) {
    /** Every object is reconciled that often at least, whatever event was missed. */
    public static final Duration SAFETY_INTERVAL = Duration.ofMinutes(10);

    /** Reconciles an object once. The next reconciliation sees what this one wrote, even if the informer is late. */
    public <O extends LetheObject> UpdateControl<O> run(
            O object, Context<O> context, Function<Instant, ReconcileResult> reconciliation) {
        if (object.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        var result = reconciliation.apply(clock.instant().truncatedTo(ChronoUnit.SECONDS));
        result.written().ifPresent(written -> cache(object, written, context));
        UpdateControl<O> control = UpdateControl.noUpdate();
        result.again()
                .map(wait -> wait.compareTo(SAFETY_INTERVAL) < 0 ? wait : SAFETY_INTERVAL)
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
