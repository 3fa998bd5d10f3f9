package dev.lethe.api.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the specialists are merged.
 *
 * @param method registered name: {@code ties}, {@code linear} or {@code cat}
 * @param semantics whose rounding and election rules: {@code peft}
 * @param density share of entries that trimming keeps, in (0, 1]
 * @param weights one per specialist, in their order
 * @param majoritySign {@code total} or {@code frequency}
 */
public record MergeSettings(
        @Nullable String method,
        @Nullable String semantics,
        @Nullable Double density,
        @Nullable List<Double> weights,
        @Nullable String majoritySign,
        @Nullable Compute compute) {}
