package dev.lethe.planner.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.resource.Metadata;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The secret that the attempts at one stage share, derived from the UID of the stage's resource. The UID is on no volume, so
 * whoever can only write to the volume cannot seal anything in the stage's name.
 */
final class ChainId {
    private ChainId() {}

    /** The chain of a resource; null for one without a UID. */
    static @Nullable String of(Metadata metadata) {
        if (metadata.uid() == null) {
            return null;
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(("lethe chain " + metadata.uid()).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
