package dev.lethe.planner.stage;

import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records the outcome of an attempt, by the exit codes of the stage contract. */
final class Outcome {
    private static final int MAX_MESSAGE = 1024;

    /**
     * Failures that are not the worker's. A deadline that still holds ends the stage, so one that ended only the attempt has
     * been raised since.
     */
    private static final Set<Reason> UNCOUNTED = Set.of(Reason.Disrupted, Reason.Suspended, Reason.DeadlineExceeded);

    /** A Java runtime that ends for this reason leaves no message. */
    private static final String HEAP_EXHAUSTED =
            "the Java heap was exhausted; a higher memory limit, or a smaller batchSize or maxLength, helps";

    private Outcome() {}

    /**
     * The attempt with its outcome.
     *
     * @param stopped whether we may have stopped it ourselves, so that a failure must not count
     */
    static Attempt of(Attempt attempt, ObservedAttempt seen, boolean stopped, Instant now) {
        if (seen.state() == ObservedAttempt.State.Succeeded) {
            return seen.report() == null
                    ? failed(
                            attempt,
                            Reason.AttemptFailed,
                            Objects.requireNonNullElse(seen.message(), "finished without a report"),
                            seen,
                            true,
                            now)
                    : ended(attempt, Attempt.State.Succeeded, null, null, seen, true, now);
        }
        var reason = reason(seen, stopped);
        var counted = !UNCOUNTED.contains(reason);
        return failed(attempt, reason, message(seen, reason, counted), seen, counted, now);
    }

    static Attempt failed(
            Attempt attempt,
            Reason reason,
            String message,
            @Nullable ObservedAttempt seen,
            boolean counted,
            Instant now) {
        return ended(attempt, Attempt.State.Failed, reason, message, seen, counted, now);
    }

    /** A refusal is deliberate, so it counts even where the worker was interrupted, too. */
    private static Reason reason(ObservedAttempt seen, boolean stopped) {
        var code = seen.exitCode();
        if (code != null && code == ExitCode.INVALID_INPUT.code()) {
            return Reason.InvalidInput;
        }
        if (code != null && code == ExitCode.REFUSED.code()) {
            return Reason.RefusedInput;
        }
        if (stopped) {
            return Reason.Suspended;
        }
        if (seen.reason() != null) {
            return seen.reason();
        }
        return code == null ? Reason.AttemptFailed : reason(code);
    }

    private static Reason reason(int code) {
        if (code == ExitCode.OUT_OF_MEMORY.code() || code == ExitCode.JAVA_HEAP_EXHAUSTED) {
            return Reason.OutOfMemory;
        }
        return code == ExitCode.TEMPORARY.code() ? Reason.TemporaryFailure : Reason.AttemptFailed;
    }

    /** Whether it counts is said where people ask: the pod was stopped, and the worker has not failed. */
    private static String message(ObservedAttempt seen, Reason reason, boolean counted) {
        var code = seen.exitCode() == null ? "no exit code" : "exit code " + seen.exitCode();
        var exhausted = seen.exitCode() != null && seen.exitCode() == ExitCode.JAVA_HEAP_EXHAUSTED;
        var message = exhausted ? HEAP_EXHAUSTED : seen.message();
        var count = !counted ? ", not counted" : reason == Reason.OutOfScratch ? ", counted" : "";
        return message == null ? code + count : message + " (" + code + count + ")";
    }

    private static Attempt ended(
            Attempt attempt,
            Attempt.State state,
            @Nullable Reason reason,
            @Nullable String message,
            @Nullable ObservedAttempt seen,
            boolean counted,
            Instant now) {
        var started = seen != null && seen.started() != null ? AttemptHistory.start(seen, now) : attempt.started();
        return new Attempt(
                attempt.name(),
                attempt.number(),
                state,
                reason,
                message == null || message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE),
                seen == null ? null : seen.exitCode(),
                counted,
                started,
                now);
    }
}
