package dev.lethe.unlearning.metric;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * A statistic of a sample together with its bootstrap replicates, so that what is computed from it has an interval too.
 */
public final class Estimate {

    private final double value;
    private final long count;
    private final double[] replicates;
    private final Bootstrap bootstrap;
    private final Bootstrap.Interval interval;

    private Estimate(double value, long count, double[] replicates, Bootstrap bootstrap) {
        this(value, count, replicates, bootstrap, bootstrap.interval(replicates).including(value));
    }

    private Estimate(double value, long count, double[] replicates, Bootstrap bootstrap, Bootstrap.Interval interval) {
        this.value = value;
        this.count = count;
        this.replicates = replicates;
        this.bootstrap = bootstrap;
        this.interval = interval;
    }

    /** The mean of a sample of at least one. */
    public static Estimate mean(double[] sample, Bootstrap bootstrap) {
        return new Estimate(Means.arithmetic(sample), sample.length, bootstrap.ofMean(sample), bootstrap);
    }

    /**
     * The largest of a sample of at least one. Its interval says what it would be had the largest not been there; no interval
     * says what a larger sample has.
     */
    public static Estimate maximum(double[] sample, Bootstrap bootstrap) {
        double largest = Arrays.stream(sample).max().orElseThrow();
        return new Estimate(largest, sample.length, bootstrap.ofMaximum(sample), bootstrap);
    }

    /**
     * The share of a sample that has a property. Its interval is {@link Wilson}'s: the bootstrap's has no width where none or
     * all have it.
     *
     * @param hits at least one: 1 for what has it, 0 for what has not
     */
    public static Estimate proportion(double[] hits, Bootstrap bootstrap) {
        double share = Means.arithmetic(hits);
        return new Estimate(share, hits.length, bootstrap.ofMean(hits), bootstrap, Wilson.interval(share, hits.length));
    }

    /** A statistic of the means of cells, each of at least one value. */
    public static Estimate ofCellMeans(
            List<double[]> cells, ToDoubleFunction<double[]> statistic, Bootstrap bootstrap) {
        double[] means = cells.stream().mapToDouble(Means::arithmetic).toArray();
        long count = cells.stream().mapToLong(cell -> cell.length).sum();
        return new Estimate(statistic.applyAsDouble(means), count, bootstrap.ofCellMeans(cells, statistic), bootstrap);
    }

    /** The AUC of {@link MiaScore#auc}, of negative log-likelihoods or of other scores that are lower for members. */
    public static Estimate membershipAuc(double[] memberNll, double[] nonMemberNll, Bootstrap bootstrap) {
        return new Estimate(
                MiaScore.auc(memberNll, nonMemberNll),
                (long) memberNll.length + nonMemberNll.length,
                bootstrap.ofAuc(MiaScore.negated(memberNll), MiaScore.negated(nonMemberNll)),
                bootstrap);
    }

    /** The arithmetic mean of estimates from samples that are independent of one another. */
    public static Estimate average(List<Estimate> parts, Bootstrap bootstrap) {
        double[] replicates = new double[bootstrap.resamples()];
        for (int r = 0; r < replicates.length; r++) {
            int replicate = r;
            replicates[r] = average(parts, part -> part.replicates[replicate]);
        }
        long count = parts.stream().mapToLong(Estimate::count).sum();
        return new Estimate(average(parts, Estimate::value), count, replicates, bootstrap);
    }

    /** A function of this estimate. */
    public Estimate map(DoubleUnaryOperator function) {
        double[] mapped = Arrays.stream(replicates).map(function).toArray();
        return new Estimate(function.applyAsDouble(value), count, mapped, bootstrap);
    }

    /** The statistic of the sample as it was observed. */
    public double value() {
        return value;
    }

    /** How many observations the sample has. */
    public long count() {
        return count;
    }

    /** The percentile interval, or that of {@link #proportion}; it always holds the value. */
    public Bootstrap.Interval interval() {
        return interval;
    }

    private static double average(List<Estimate> parts, ToDoubleFunction<Estimate> number) {
        return Means.arithmetic(parts.stream().mapToDouble(number).toArray());
    }
}
