package dev.lethe.planner;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that are the same on every pass, and short enough for what is made of them. */
public final class ResourceName {
    /** A stage resource's: it leaves room for an attempt's number and hash in a DNS label. */
    public static final int MAX_STAGE = 50;

    /** A DNS label: the name of a Job becomes a label of its pods. */
    public static final int MAX_ATTEMPT = 63;

    private ResourceName() {}

    /**
     * {@code JOB-STAGE}; in a longer one, a hash of the job's name takes the place of its end, as the stage is what people
     * look for.
     */
    public static String stage(String job, String stage) {
        return bounded(job, "-" + stage, MAX_STAGE);
    }

    /** {@code STAGE-NUMBER-HASH8}, where the hash tells apart attempts of other resources of the same name. */
    public static String attempt(String stage, int number, String identity) {
        return bounded(stage, "-%d-%s".formatted(number, hash8(identity)), MAX_ATTEMPT);
    }

    private static String bounded(String prefix, String suffix, int limit) {
        if (prefix.length() + suffix.length() <= limit) {
            return prefix + suffix;
        }
        var hash = "-" + hash8(prefix);
        return prefix.substring(0, limit - suffix.length() - hash.length()) + hash + suffix;
    }

    /** The first 8 hex digits of the SHA-256. */
    private static String hash8(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
