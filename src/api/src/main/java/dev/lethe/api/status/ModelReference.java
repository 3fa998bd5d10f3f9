package dev.lethe.api.status;

import org.jspecify.annotations.Nullable;

/**
 * A model, adapter or other output, by place and content.
 *
 * @param uri where it is
 * @param digest {@code sha256:HEX} of its content
 */
public record ModelReference(String uri, @Nullable String digest) {}
