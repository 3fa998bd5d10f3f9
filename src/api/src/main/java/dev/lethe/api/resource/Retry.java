package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * How often a stage is attempted before it has failed. Disruptions and refused inputs are not retried by count.
 *
 * @param maxAttempts attempts in all, the first one included
 */
public record Retry(@Min(1) @Max(20) @Default("3") @Nullable Integer maxAttempts) {}
