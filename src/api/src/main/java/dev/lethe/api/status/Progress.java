package dev.lethe.api.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a stage is: the document that the worker keeps as {@code progress.json} and posts to the operator.
 *
 * @param step done of {@code steps}, in {@code unit}
 * @param unit what a step is: {@code steps}, {@code rows}, {@code bytes}
 * @param rate per second, in {@code rateUnit}
 * @param etaSeconds estimated seconds to the end
 */
public record Progress(
        long step,
        long steps,
        String unit,
        @Nullable Double epoch,
        @Nullable Double loss,
        @Nullable Double rate,
        @Nullable String rateUnit,
        @Nullable Long etaSeconds,
        @Nullable Instant updated) {}
