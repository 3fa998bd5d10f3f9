package dev.lethe.api.status;

import org.jspecify.annotations.Nullable;

/**
 * A measured number.
 *
 * @param value as measured
 * @param n rows (or documents, questions) behind it
 * @param low lower end of the 95 % bootstrap interval
 * @param high upper end of the same interval
 */
public record MetricValue(double value, long n, @Nullable Double low, @Nullable Double high) {}
