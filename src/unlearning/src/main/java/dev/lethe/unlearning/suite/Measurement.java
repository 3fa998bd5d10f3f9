package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.Bootstrap;

/**
 * A measured number.
 *
 * @param value as measured
 * @param n rows, documents or questions behind it
 * @param total all that there were; more than n where some could not be measured
 * @param low lower end of the 95 % bootstrap interval; at most the value
 * @param high upper end; at least the value
 */
public record Measurement(double value, long n, long total, double low, double high) {

    static Measurement of(MetricOutcome.Measured measured) {
        Bootstrap.Interval interval = measured.estimate().interval();
        return new Measurement(
                measured.estimate().value(),
                measured.estimate().count(),
                measured.total(),
                interval.low(),
                interval.high());
    }
}
