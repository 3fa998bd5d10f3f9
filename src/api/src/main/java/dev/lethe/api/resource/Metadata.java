package dev.lethe.api.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of Kubernetes object metadata that planning reads; the rest is ignored. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Metadata(
        String name,
        @Nullable String namespace,
        @Nullable String uid,
        @Nullable Long generation,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> annotations,
        @Nullable Instant creationTimestamp) {
    public static Metadata named(String name) {
        return new Metadata(name, null, null, null, null, null, null);
    }

    public Metadata withUid(String drawn) {
        return new Metadata(name, namespace, drawn, generation, labels, annotations, creationTimestamp);
    }
}
