package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** How often a stage is attempted before it has failed. Disruptions and refused inputs are not retried by count. */
public record Retry(@Nullable Integer maxAttempts) {
    /** Three attempts. */
    public static final Retry DEFAULTS = new Retry(3);
}
