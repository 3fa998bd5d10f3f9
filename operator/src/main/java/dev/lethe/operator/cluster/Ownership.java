package dev.lethe.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Who controls whom, by UID: a name may have belonged to somebody else before. */
public final class Ownership {
    private Ownership() {}

    /** Whether {@code owner} is the controller of {@code object}. */
    public static boolean controls(HasMetadata owner, HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(reference -> Boolean.TRUE.equals(reference.getController())
                        && reference.getUid().equals(owner.getMetadata().getUid()));
    }
}
