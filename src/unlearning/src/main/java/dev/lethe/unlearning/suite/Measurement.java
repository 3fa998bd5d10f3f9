package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;

/**
 * A measured number.
 *
 * @param value as measured
 * @param n rows, documents or questions behind it
 * @param low lower end of the 95 % bootstrap interval; at most the value
 * @param high upper end; at least the value
 */
public record Measurement(double value, long n, double low, double high) {

    static Measurement of(Estimate estimate) {
        Bootstrap.Interval interval = estimate.interval();
        return new Measurement(estimate.value(), estimate.count(), interval.low(), interval.high());
    }
}
