package dev.lethe.unlearning.metric;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.descriptive.Quantile;

/**
 * Percentile bootstrap intervals: a statistic's value on many samples drawn with replacement from the one observed.
 *
 * <p>Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.3. Percentiles are
 * interpolated linearly between order statistics, as numpy does.
 *
 * @param resamples how many samples are drawn
 * @param confidence the share of replicates inside the interval, between 0 and 1
 * @param seed equal seeds draw equal samples
 */
public record Bootstrap(int resamples, double confidence, long seed) {

    private static final Quantile PERCENTILE = Quantile.withDefaults().with(Quantile.EstimationMethod.HF7);

    /** @throws IllegalArgumentException for no resamples, or a confidence outside 0..1 */
    public Bootstrap {
        if (resamples < 1 || !(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("a bootstrap needs resamples and a confidence in 0..1, found %d and %s"
                    .formatted(resamples, confidence));
        }
    }

    /** 1000 resamples, 95 %. */
    public static Bootstrap seeded(long seed) {
        return new Bootstrap(1000, 0.95, seed);
    }

    /**
     * The same settings with samples of their own, independent of other names', so that measuring one thing more
     * changes no other thing's interval.
     */
    public Bootstrap stream(String name) {
        return new Bootstrap(resamples, confidence, seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }

    /**
     * Replicates of the mean of one sample.
     *
     * @param values at least one
     */
    public double[] ofMean(double[] values) {
        return ofCellMeans(List.of(values), means -> means[0]);
    }

    /**
     * Replicates of a statistic of several cells' means; each cell is resampled within itself, so its size stays.
     *
     * @param cells at least one value in each
     * @param statistic from the means, in the order of the cells, to a number
     */
    public double[] ofCellMeans(List<double[]> cells, ToDoubleFunction<double[]> statistic) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[cells.size()];
        double[] replicates = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            for (int c = 0; c < means.length; c++) {
                means[c] = resampledMean(cells.get(c), random);
            }
            replicates[r] = statistic.applyAsDouble(means);
        }
        return replicates;
    }

    /**
     * Replicates of the largest of one sample.
     *
     * @param values at least one
     */
    public double[] ofMaximum(double[] values) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] replicates = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            double largest = values[random.nextInt(values.length)];
            for (int i = 1; i < values.length; i++) {
                largest = Math.max(largest, values[random.nextInt(values.length)]);
            }
            replicates[r] = largest;
        }
        return replicates;
    }

    /**
     * Replicates of {@link RocAuc}; positives and negatives are resampled each within itself.
     *
     * @param positives at least one, none NaN
     * @param negatives at least one, none NaN
     */
    public double[] ofAuc(double[] positives, double[] negatives) {
        // The distinct scores in rising order are found once; a sample is then two histograms over them.
        double[] levels = DoubleStream.concat(DoubleStream.of(positives), DoubleStream.of(negatives))
                .map(score -> score == 0 ? 0 : score)
                .sorted()
                .distinct()
                .toArray();
        int[] positiveLevels = levelsOf(positives, levels);
        int[] negativeLevels = levelsOf(negatives, levels);
        SplittableRandom random = new SplittableRandom(seed);
        double[] replicates = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            int[] above = resampledHistogram(positiveLevels, levels.length, random);
            int[] below = resampledHistogram(negativeLevels, levels.length, random);
            replicates[r] = auc(above, below) / ((double) positives.length * negatives.length);
        }
        return replicates;
    }

    /** The percentile interval of replicates. */
    public Interval interval(double[] replicates) {
        double tail = (1 - confidence) / 2;
        double[] bounds = PERCENTILE.evaluate(replicates, tail, 1 - tail);
        return new Interval(bounds[0], bounds[1]);
    }

    private static double resampledMean(double[] values, SplittableRandom random) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[random.nextInt(values.length)];
        }
        return sum / values.length;
    }

    private static int[] resampledHistogram(int[] sample, int levels, SplittableRandom random) {
        int[] counts = new int[levels];
        for (int i = 0; i < sample.length; i++) {
            counts[sample[random.nextInt(sample.length)]]++;
        }
        return counts;
    }

    private static int[] levelsOf(double[] scores, double[] levels) {
        int[] indices = new int[scores.length];
        for (int i = 0; i < scores.length; i++) {
            indices[i] = Arrays.binarySearch(levels, scores[i] == 0 ? 0 : scores[i]);
        }
        return indices;
    }

    /** Pairs in which the positive is above, a tie counting one half. */
    private static double auc(int[] positives, int[] negatives) {
        double pairs = 0;
        double below = 0;
        for (int level = 0; level < positives.length; level++) {
            pairs += positives[level] * (below + negatives[level] / 2.0);
            below += negatives[level];
        }
        return pairs;
    }

    /**
     * A confidence interval.
     *
     * @param low its lower end
     * @param high its upper end
     */
    public record Interval(double low, double high) {

        /**
         * The interval, widened where needed so that it holds the value itself. Replicates of a statistic that is
         * not linear (a harmonic mean, a distance from 0.5) may all lie on one side of it.
         */
        public Interval including(double value) {
            return new Interval(Math.min(low, value), Math.max(high, value));
        }
    }
}
