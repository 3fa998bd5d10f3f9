package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/**
 * Where a merge writes, and what.
 *
 * @param form {@code adapter}, or {@code model}: folded into the base
 */
public record MergeOutput(String uri, @Nullable String form) {}
