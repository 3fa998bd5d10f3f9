package dev.lethe.unlearning.metric;

import java.util.Arrays;

/**
 * How well a loss-based membership inference attack tells training documents from others, and the score made of it.
 *
 * <p>Source: the SemEval-2025 Task 4 evaluator. A document's attack score is its negated mean token loss and members are
 * the positive class, so an AUC of 1 means still memorised, 0 means forgotten so hard that it shows, and 0.5 is the aim.
 */
public final class MiaScore {

    private MiaScore() {}

    /**
     * The attack's AUC.
     *
     * @param memberNll mean negative log-likelihood per token, in nats, of each document that was trained on
     * @param nonMemberNll the same of documents that were not
     * @throws IllegalArgumentException for an empty sample or a NaN
     */
    public static double auc(double[] memberNll, double[] nonMemberNll) {
        return RocAuc.of(negated(memberNll), negated(nonMemberNll));
    }

    /** {@code 1 - 2·|auc - 0.5|}: 1 where the attack guesses, 0 where it is always right or always wrong. */
    public static double of(double auc) {
        return 1 - Math.abs(auc - 0.5) * 2;
    }

    static double[] negated(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }
}
