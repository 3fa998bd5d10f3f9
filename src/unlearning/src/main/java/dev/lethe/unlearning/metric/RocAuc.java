package dev.lethe.unlearning.metric;

import java.util.stream.DoubleStream;
import org.apache.commons.statistics.ranking.NaturalRanking;

/**
 * The area under the ROC curve: the probability that a positive scores above a negative, a tie counting one half.
 *
 * <p>Source: the Mann-Whitney identity (J. A. Hanley, B. J. McNeil, Radiology 143, 1982); equal to the trapezoid area
 * of scikit-learn's {@code auc(*roc_curve(…))}.
 */
public final class RocAuc {

    private RocAuc() {}

    /**
     * The standard error of the area where the scores say nothing and it is 0.5: that of a rank sum.
     *
     * <p>Source: H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18, 1947.
     *
     * @param positives at least 1
     * @param negatives at least 1
     */
    public static double standardErrorByChance(long positives, long negatives) {
        return Math.sqrt((positives + negatives + 1) / (12.0 * positives * negatives));
    }

    /** Where 95 of 100 such areas lie. */
    public static Bootstrap.Interval byChance(long positives, long negatives) {
        double half = Wilson.Z * standardErrorByChance(positives, negatives);
        return new Bootstrap.Interval(Math.max(0, 0.5 - half), Math.min(1, 0.5 + half));
    }

    /**
     * The area for two samples of scores.
     *
     * @param positives scores of the positive class, at least one, none NaN
     * @param negatives scores of the negative class, at least one, none NaN
     * @return 0..1
     * @throws IllegalArgumentException for an empty sample or a NaN
     */
    public static double of(double[] positives, double[] negatives) {
        if (positives.length == 0 || negatives.length == 0) {
            throw new IllegalArgumentException("an AUC needs positives and negatives, found %d and %d"
                    .formatted(positives.length, negatives.length));
        }
        double[] pooled = DoubleStream.concat(DoubleStream.of(positives), DoubleStream.of(negatives))
                .map(score -> score == 0 ? 0 : score) // -0.0 ranks below 0.0 but equals it
                .toArray();
        double[] ranks = new NaturalRanking().apply(pooled);
        double rankSum = 0;
        for (int i = 0; i < positives.length; i++) {
            rankSum += ranks[i];
        }
        double pairs = (double) positives.length * negatives.length;
        return (rankSum - positives.length * (positives.length + 1.0) / 2) / pairs;
    }
}
