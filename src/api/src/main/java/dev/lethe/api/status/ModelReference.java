package dev.lethe.api.status;

import org.jspecify.annotations.Nullable;

/** A model, adapter or other output, by place and content. */
public record ModelReference(String uri, @Nullable String digest) {}
