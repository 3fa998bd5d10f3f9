package dev.lethe.unlearning.training;

import dev.lethe.merge.InvalidInput;

/**
 * When a specialist has forgotten enough, and what it may not lose meanwhile. All of it is measured by one forward pass
 * over the rows, their answers given.
 *
 * @param exactMemorization the largest share of an answer's tokens that the model may still say itself, for every row to
 *     forget; of the tokens that no retain row tells
 * @param retainLoss how much the mean loss of the retain rows may rise, in nats per token; by half of it at the end
 * @param retainExact how much of the retain rows' exact memorisation may be lost, as a share of what the base has
 * @param every steps from one measurement to the next
 * @param attacks relearning attacks that the forgotten rows must withstand, one after the other
 */
public record TrainingTarget(double exactMemorization, double retainLoss, double retainExact, int every, int attacks) {
    public TrainingTarget {
        require(
                exactMemorization >= 0 && exactMemorization < 1,
                "exactMemorization",
                exactMemorization,
                "0 or more, below 1");
        require(retainLoss > 0, "retainLoss", retainLoss, "more than 0");
        require(retainExact > 0 && retainExact <= 1, "retainExact", retainExact, "more than 0, at most 1");
        require(every >= 1, "every", every, "at least 1");
        require(attacks >= 0, "attacks", attacks, "0 or more");
    }

    private static void require(boolean holds, String field, Object found, String expected) {
        if (!holds) {
            throw InvalidInput.at("training", "until." + field, String.valueOf(found), expected);
        }
    }
}
