package dev.lethe.planner.stage;

import dev.lethe.api.document.Sha256;
import dev.lethe.api.resource.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The secret that the attempts at one stage share, derived from the UID of the stage's resource. The UID is on no volume, so
 * whoever can only write to the volume cannot seal anything in the stage's name.
 */
final class ChainId {
    private ChainId() {}

    /** The chain of a resource; null for one without a UID. */
    static @Nullable String of(Metadata metadata) {
        return metadata.uid() == null ? null : Sha256.hex("lethe chain " + metadata.uid());
    }
}
