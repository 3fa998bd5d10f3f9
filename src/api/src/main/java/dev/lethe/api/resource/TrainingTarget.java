package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * When a specialist has forgotten enough, and what it may not lose meanwhile; {@code epochs} is then the most that it trains.
 * What is absent comes from the recipe.
 *
 * @param exactMemorization the largest share of an answer's tokens that the model may still say itself, the tokens before them
 *     given, for every row to forget, of the tokens that no retain row has after the same two; 0.2 when absent
 * @param retainLoss how much the mean loss of the retain rows may rise, in nats per token, and by half of it at the end; 0.1 when
 *     absent
 * @param retainExact the share of the base's exact memorisation of the retain rows that must stay; 0.98 when absent
 * @param every steps from one measurement to the next; 10 when absent
 */
public record TrainingTarget(
        @Min(0) @Max(value = 1, inclusive = false) @Nullable Double exactMemorization,
        @Min(value = 0, inclusive = false) @Max(100) @Nullable Double retainLoss,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double retainExact,
        @Min(1) @Max(100000) @Nullable Integer every) {

    /** A target that leaves a share of what this one leaves: of what is remembered, and of what the retain rows may lose. */
    public TrainingTarget leaving(double share) {
        return new TrainingTarget(
                exactMemorization == null ? null : share * exactMemorization,
                retainLoss == null ? null : share * retainLoss,
                retainExact,
                every);
    }

    /** These, with what is absent taken from {@code other}. */
    public TrainingTarget orElse(@Nullable TrainingTarget other) {
        return other == null
                ? this
                : new TrainingTarget(
                        TrainingSettings.or(exactMemorization, other.exactMemorization),
                        TrainingSettings.or(retainLoss, other.retainLoss),
                        TrainingSettings.or(retainExact, other.retainExact),
                        TrainingSettings.or(every, other.every));
    }
}
