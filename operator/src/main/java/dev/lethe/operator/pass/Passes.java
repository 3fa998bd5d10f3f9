package dev.lethe.operator.pass;

import dev.lethe.operator.cluster.LetheObject;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/** Passes as the operator framework wants them: when to come again, and what the object is now. */
public record Passes(Clock clock) {
    /** Every object is looked at that often at least, whatever was missed. */
    public static final Duration SAFETY_INTERVAL = Duration.ofMinutes(10);

    /** Makes one pass over an object. What it wrote is what the next pass sees, however late the informer is. */
    public <O extends LetheObject> UpdateControl<O> conclude(
            O object, Context<O> context, Function<Instant, Pass> pass) {
        if (object.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        var done = pass.apply(clock.instant().truncatedTo(ChronoUnit.SECONDS));
        done.written().ifPresent(written -> remember(object, written, context));
        UpdateControl<O> control = UpdateControl.noUpdate();
        done.again()
                .map(wait -> wait.compareTo(SAFETY_INTERVAL) < 0 ? wait : SAFETY_INTERVAL)
                .ifPresent(control::rescheduleAfter);
        return control;
    }

    @SuppressWarnings("unchecked") // the API server answers with the kind that it was given
    private static <O extends LetheObject> void remember(O before, LetheObject written, Context<O> context) {
        context.eventSourceRetriever()
                .getControllerEventSource()
                .handleRecentResourceUpdate(ResourceID.fromResource(before), (O) written, before);
    }
}
