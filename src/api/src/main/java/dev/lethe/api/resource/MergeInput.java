package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** One adapter or model of a merge. */
public record MergeInput(String name, String uri, @Nullable String digest, @Nullable Double weight) {}
