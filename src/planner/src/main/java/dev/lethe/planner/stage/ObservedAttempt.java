package dev.lethe.planner.stage;

import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt as observed: a Job and its pod in a cluster, a worker in a local run.
 *
 * @param exitCode of a worker that ended
 * @param reason why a pending one does not run (such as {@link Reason#Unschedulable}, or {@link Reason#Preempted} by its
 *     queue), or why one failed where the exit code does not say (such as {@link Reason#Disrupted})
 * @param message of the worker, or why its pod does not start
 * @param report of the worker at its end; needed for success
 * @param started when it began, by the clock of its node: only for people, as that clock may be off
 * @param since when its Job was created or, of one that runs, started, by the clock of the control plane; absent where nothing
 *     depends on it
 */
public record ObservedAttempt(
        String name,
        State state,
        @Nullable Integer exitCode,
        @Nullable Reason reason,
        @Nullable String message,
        @Nullable Progress progress,
        @Nullable StageReport report,
        @Nullable Instant started,
        @Nullable Instant since) {

    /** The state of an attempt. */
    public enum State {
        /** Exists, but its worker has not begun; the reason says why. */
        Pending,
        Running,
        Succeeded,
        Failed,
        /** Gone without an outcome, or being deleted: the same as not being observed at all. */
        Vanished,
        /** Exists, but suspended: a queue has not admitted it, or has evicted it. */
        Suspended
    }

    /** An attempt of which only the state is known. */
    public static ObservedAttempt of(String name, State state) {
        return new ObservedAttempt(name, state, null, null, null, null, null, null, null);
    }

    /** An attempt that is pending or suspended, and why. */
    public static ObservedAttempt waiting(String name, State state, @Nullable Reason reason, @Nullable String message) {
        return new ObservedAttempt(name, state, null, reason, message, null, null, null, null);
    }

    public ObservedAttempt since(Instant time) {
        return new ObservedAttempt(name, state, exitCode, reason, message, progress, report, started, time);
    }
}
