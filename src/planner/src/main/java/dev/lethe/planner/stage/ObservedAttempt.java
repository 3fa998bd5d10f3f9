package dev.lethe.planner.stage;

import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of an attempt: a Job and its pod in a cluster, a worker in a local run.
 *
 * @param exitCode of a worker that ended
 * @param reason of one that has not begun: why (such as {@link Reason#Unschedulable}, or {@link Reason#Preempted} by its
 *     queue); of one that failed: what its exit code does not say (such as {@link Reason#Disrupted} or
 *     {@link Reason#OutOfMemory})
 * @param message why it is as it is: the worker's own words, or why its pod does not start
 * @param report the worker's last words; needed of one that succeeded
 * @param started when it began, by the clock of its node: for people, as that clock may be off. What waits for the end of an
 *     attempt, or its age, goes by when that was seen
 */
public record ObservedAttempt(
        String name,
        State state,
        @Nullable Integer exitCode,
        @Nullable Reason reason,
        @Nullable String message,
        @Nullable Progress progress,
        @Nullable StageReport report,
        @Nullable Instant started) {

    /** What a worker does. */
    public enum State {
        /** There, but its worker has not begun: the reason says why. */
        Pending,
        Running,
        Succeeded,
        Failed,
        /** Gone without an outcome, or on its way out. The same as not being listed at all. */
        Vanished,
        /** There, but held: by a queue that has not admitted it, or took it back. */
        Suspended
    }

    /** An attempt of which only the state is known. */
    public static ObservedAttempt of(String name, State state) {
        return new ObservedAttempt(name, state, null, null, null, null, null, null);
    }

    /** An attempt whose worker has not begun, or is held, and why. */
    public static ObservedAttempt waiting(String name, State state, @Nullable Reason reason, @Nullable String message) {
        return new ObservedAttempt(name, state, null, reason, message, null, null, null);
    }
}
