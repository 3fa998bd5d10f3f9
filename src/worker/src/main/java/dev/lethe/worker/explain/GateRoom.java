package dev.lethe.worker.explain;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.catalog.SuiteDescriptor.Good;
import dev.lethe.catalog.SuiteDescriptor.Metric;
import dev.lethe.planner.gate.Gates;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.suite.Suite;
import dev.lethe.unlearning.suite.SuiteSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * How many rows a gate on an interval needs, and how much it leaves to chance: rows are made up, and the gate decides on the
 * interval that the suite gives them. The base, where the gate compares with it, knows everything.
 *
 * @param gate on the interval
 * @param suite that measures its metric
 * @param metric of the gate
 */
record GateRoom(Gate gate, Suite suite, Metric metric) {
    /** Sets of more rows are no question of their number. */
    static final int MOST_ROWS = 2000;

    /**
     * Room of a gate.
     *
     * @return empty where the gate decides on values alone, or its metric takes more than a value of each row
     */
    static Optional<GateRoom> of(Gate gate, Suite suite, Metric metric) {
        boolean known = Boolean.TRUE.equals(gate.interval())
                && metric.good() != Good.HALF
                && suite.estimate(gate.metric(), new double[] {0}, bootstrap(gate))
                        .isPresent();
        return known ? Optional.of(new GateRoom(gate, suite, metric)) : Optional.empty();
    }

    /** The fewest rows at which a perfect result passes; empty where {@link #MOST_ROWS} are not enough. */
    OptionalInt fewest() {
        return passes(MOST_ROWS, 0) ? OptionalInt.of(first(MOST_ROWS, rows -> passes(rows, 0))) : OptionalInt.empty();
    }

    /** Most of so many rows that may be as bad as they can be while all others are perfect; empty where no result passes. */
    OptionalInt misses(int rows) {
        return passes(rows, 0)
                ? OptionalInt.of(first(rows + 1, bad -> bad > rows || !passes(rows, bad)) - 1)
                : OptionalInt.empty();
    }

    /** The first of 1 to {@code last} that holds, where all after it do and the last does. */
    private static int first(int last, IntPredicate holds) {
        int low = 1;
        int high = last;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (holds.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private boolean passes(int rows, int bad) {
        double[] values = new double[rows];
        Arrays.fill(values, best());
        Arrays.fill(values, 0, bad, worst());
        Map<String, MetricValue> base = Map.of(gate.metric(), new MetricValue(metric.high(), rows, null, null));
        return suite.estimate(gate.metric(), values, bootstrap(gate))
                .map(it -> Gates.decide(List.of(gate), Map.of(gate.metric(), value(it)), base))
                .filter(decided -> Gates.verdict(decided) == Verdict.Passed)
                .isPresent();
    }

    private static MetricValue value(Estimate estimate) {
        return new MetricValue(
                estimate.value(),
                estimate.count(),
                estimate.interval().low(),
                estimate.interval().high());
    }

    private static Bootstrap bootstrap(Gate gate) {
        return Bootstrap.seeded(SuiteSettings.SEED).stream(gate.metric());
    }

    /** Nothing is better than to be as before: less than that is no merit. */
    private double best() {
        return metric.good() == Good.LOWER ? Math.max(0, metric.low()) : metric.high();
    }

    private double worst() {
        return metric.good() == Good.LOWER ? metric.high() : Math.max(0, metric.low());
    }
}
