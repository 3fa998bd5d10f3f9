package dev.lethe.api.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a stage is: the document that the worker keeps as {@code progress.json} and posts to the operator.
 *
 * @param step how many are done of {@code steps}, in {@code unit}
 * @param steps how many there are
 * @param unit what a step is: {@code steps}, {@code rows}, {@code bytes}
 * @param epoch passes over the data so far, for a training
 * @param loss the loss of the last step, for a training
 * @param rate per second, in {@code rateUnit}
 * @param rateUnit what the rate counts: {@code tokens}, {@code rows}, {@code bytes}
 * @param etaSeconds estimated seconds to the end
 * @param updated when the worker last said so
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
        @Nullable Instant updated) {
    /** The same at the end of the work, which may come sooner than a last report. */
    public Progress done() {
        return new Progress(steps, steps, unit, epoch, loss, rate, rateUnit, null, updated);
    }

    /** How much is done, for the printer column. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public @Nullable String percent() {
        return steps <= 0 ? null : Math.clamp(100 * step / steps, 0, 100) + "%";
    }
}
