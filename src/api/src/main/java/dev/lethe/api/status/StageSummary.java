package dev.lethe.api.status;

import dev.lethe.api.resource.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of a job's {@code status.stages}.
 *
 * @param name the stage, such as {@code train-over}
 * @param kind the kind of the stage's resource
 * @param phase for people to read
 * @param reason why it is so, in one word
 * @param message why it is so, for people
 * @param attempt number of the present attempt; 0 before the first
 * @param progress how far the present attempt is
 * @param started when the first attempt began
 * @param finished when the stage ended
 * @param digest {@code sha256:HEX} of what the stage wrote
 * @param result {@code sha256:HEX} of its {@code result.json}, in the worker's own last words
 */
public record StageSummary(
        String name,
        Kind kind,
        Phase phase,
        Reason reason,
        @Nullable String message,
        int attempt,
        @Nullable Progress progress,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable String digest,
        @Nullable String result) {}
