package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/**
 * Something that a stage reads.
 *
 * @param uri where it is: {@code pvc://CLAIM/PATH} in a cluster, {@code file:PATH} on a laptop
 * @param digest {@code sha256:HEX} that the content must have; a difference refuses the stage (exit 3)
 */
public record Source(String uri, @Nullable String digest) {
    public static Source of(String uri) {
        return new Source(uri, null);
    }
}
