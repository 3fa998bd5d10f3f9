package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** A resource as it is written and read, of any of the kinds. */
public record Resource<S extends Spec, T>(String apiVersion, Kind kind, Metadata metadata, S spec, @Nullable T status) {
    public static final String API_VERSION = "lethe.dev/v1alpha1";

    public static <S extends Spec, T> Resource<S, T> of(Kind kind, Metadata metadata, S spec) {
        return new Resource<>(API_VERSION, kind, metadata, spec, null);
    }

    public String name() {
        return metadata.name();
    }

    /** The same resource as one that was created: under a UID of its own. */
    public Resource<S, T> withUid(String uid) {
        return new Resource<>(apiVersion, kind, metadata.withUid(uid), spec, status);
    }

    /** The same resource as it is wanted otherwise. */
    public <R extends Spec> Resource<R, T> withSpec(R newSpec) {
        return new Resource<>(apiVersion, kind, metadata, newSpec, status);
    }

    public Resource<S, T> withStatus(T newStatus) {
        return new Resource<>(apiVersion, kind, metadata, spec, newStatus);
    }
}
