package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/**
 * A bound that a metric must keep for a model to be published. Several bounds of one gate must all hold.
 *
 * @param metric {@code suite/metric}
 * @param max largest value allowed
 * @param min smallest value allowed
 * @param maxOfBase largest value allowed, as a multiple of the base model's
 * @param minOfBase smallest value allowed, as a multiple of the base model's
 */
public record Gate(
        String metric,
        @Nullable Double max,
        @Nullable Double min,
        @Nullable Double maxOfBase,
        @Nullable Double minOfBase) {}
