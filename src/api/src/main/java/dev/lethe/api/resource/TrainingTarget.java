package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * When a specialist has forgotten enough, and what it may not lose meanwhile; {@code epochs} is then the most that it trains.
 * What is absent comes from the recipe.
 *
 * @param exactMemorization the largest share of an answer's tokens that the model may still say itself, the tokens before them
 *     given, for every row to forget, of the tokens that no retain row has after the same two; 0.2
 *     when neither this nor the recipe says
 * @param retainLoss how much the mean loss of the retain rows may rise, in nats per token, and by half of it at the end; 0.1 when
 *     neither this nor the recipe says
 * @param retainExact the share of the base's exact memorisation of the retain rows that must stay; 0.98 when neither this nor the
 *     recipe says
 * @param every steps from one measurement to the next; 10 when neither this nor the recipe says
 * @param attacks how many relearning attacks the forgotten rows must withstand: when the target holds, a copy of the specialist is
 *     fine-tuned on half of the rows, and those of the others that come back are forgotten in its presence, too; 2 when neither this nor
 *     the recipe says
 */
public record TrainingTarget(
        @Min(0) @Max(value = 1, inclusive = false) @Nullable Double exactMemorization,
        @Min(value = 0, inclusive = false) @Max(100) @Nullable Double retainLoss,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double retainExact,
        @Min(1) @Max(100000) @Nullable Integer every,
        @Min(0) @Max(TrainingTarget.MOST_ATTACKS) @Nullable Integer attacks) {
    /** As many as a spec may say. */
    static final int MOST_ATTACKS = 100;

    /**
     * A target that leaves a share of what this one leaves: of what is remembered, and of what the retain rows may lose; a target of half as
     * much has twice as many attacks.
     */
    public TrainingTarget leaving(double share) {
        return new TrainingTarget(
                exactMemorization == null ? null : share * exactMemorization,
                retainLoss == null ? null : share * retainLoss,
                retainExact,
                every,
                attacks == null ? null : Math.min(MOST_ATTACKS, (int) (attacks / share)));
    }

    /** These, with what is absent taken from {@code other}. */
    public TrainingTarget orElse(@Nullable TrainingTarget other) {
        return other == null
                ? this
                : new TrainingTarget(
                        TrainingSettings.or(exactMemorization, other.exactMemorization),
                        TrainingSettings.or(retainLoss, other.retainLoss),
                        TrainingSettings.or(retainExact, other.retainExact),
                        TrainingSettings.or(every, other.every),
                        TrainingSettings.or(attacks, other.attacks));
    }
}
