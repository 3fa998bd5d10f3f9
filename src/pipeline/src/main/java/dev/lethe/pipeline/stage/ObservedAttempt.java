package dev.lethe.pipeline.stage;

import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of an attempt: a Job and its pod in a cluster, a worker in a local run.
 *
 * @param exitCode of a worker that ended
 * @param reason {@link Reason#Disrupted} where the worker was interrupted from outside (a pod's {@code DisruptionTarget});
 *     otherwise absent, as exit codes say it all
 * @param message why it is as it is: the worker's own words, or why its pod does not start
 * @param result the worker's {@code result.json}; needed of one that succeeded
 */
public record ObservedAttempt(
        String name,
        State state,
        @Nullable Integer exitCode,
        @Nullable Reason reason,
        @Nullable String message,
        @Nullable Progress progress,
        @Nullable StageResult result,
        @Nullable Instant started,
        @Nullable Instant finished) {

    /** What a worker does. */
    public enum State {
        Running,
        Succeeded,
        Failed,
        /** Gone without an outcome, or on its way out. The same as not being listed at all. */
        Vanished,
        /** There, but held: by our own suspension, or by a queue that has not admitted it. */
        Suspended
    }

    /** An attempt of which only the state is known. */
    public static ObservedAttempt of(String name, State state) {
        return new ObservedAttempt(name, state, null, null, null, null, null, null, null);
    }
}
