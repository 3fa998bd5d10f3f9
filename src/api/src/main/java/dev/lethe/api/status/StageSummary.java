package dev.lethe.api.status;

import dev.lethe.api.resource.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line of a job's {@code status.stages}. */
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
        @Nullable String digest) {}
