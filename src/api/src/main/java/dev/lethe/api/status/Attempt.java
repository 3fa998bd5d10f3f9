package dev.lethe.api.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a stage: a Job in a cluster, a thread in a local run. Its name is in the status before it is created.
 *
 * @param name {@code <stage>-<number>-<hash8>}
 * @param number counted from 1
 * @param state what is known of it
 * @param reason why it failed
 * @param message why it failed, for people
 * @param exitCode the exit code of the worker, where it had one
 * @param counted whether it counts against {@code retry.maxAttempts}; a disruption does not
 * @param started when the worker began
 * @param finished when its end was seen
 */
public record Attempt(
        String name,
        int number,
        State state,
        @Nullable Reason reason,
        @Nullable String message,
        @Nullable Integer exitCode,
        boolean counted,
        @Nullable Instant started,
        @Nullable Instant finished) {
    /** What is known of an attempt. */
    public enum State {
        Planned,
        Running,
        Succeeded,
        Failed
    }
}
