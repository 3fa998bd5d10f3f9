package dev.lethe.api.status;

import org.jspecify.annotations.Nullable;

/**
 * A measured number.
 *
 * @param value as measured
 * @param n rows (or documents, questions) behind it
 * @param low lower end of the 95 % bootstrap interval
 * @param high upper end of the same interval
 * @param total rows that there were, where some of them could not be measured; absent where n is all
 */
public record MetricValue(double value, long n, @Nullable Double low, @Nullable Double high, @Nullable Long total) {
    /** A number of all rows that there were. */
    public MetricValue(double value, long n, @Nullable Double low, @Nullable Double high) {
        this(value, n, low, high, null);
    }
}
