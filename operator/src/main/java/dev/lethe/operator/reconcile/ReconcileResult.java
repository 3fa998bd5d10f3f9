package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.planner.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The result of a reconciliation.
 *
 * @param written the object with its new status; empty where nothing was written
 * @param requeueAfter when to reconcile again if nothing changes before
 */
public record ReconcileResult(Optional<LetheObject> written, Optional<Duration> requeueAfter) {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    static ReconcileResult of(Optional<LetheObject> written, Optional<Instant> requeueAt, Instant now) {
        return new ReconcileResult(
                written, requeueAt.map(time -> time.isAfter(now) ? Duration.between(now, time) : AT_ONCE));
    }

    /** What was read is out of date, or not complete yet: read it again soon. */
    public static ReconcileResult stale() {
        return new ReconcileResult(Optional.empty(), Optional.of(Timings.STALE));
    }
}
