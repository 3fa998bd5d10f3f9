package dev.lethe.planner;

import dev.lethe.api.document.Sha256;

/** Names of stages and attempts: stable, and short enough for what is derived from them. */
public final class ResourceName {
    /** The limit for a stage leaves room for an attempt's number and hash in a DNS label. */
    public static final int MAX_STAGE = 50;

    /** The limit for an attempt is a DNS label: the name of a Job becomes a label of its pods. */
    public static final int MAX_ATTEMPT = 63;

    private ResourceName() {}

    /**
     * {@code JOB-STAGE}. In a name that is too long, a hash replaces the end of the job's name, as people look for the stage.
     */
    public static String stage(String job, String stage) {
        return bounded(job, "-" + stage, MAX_STAGE);
    }

    /** {@code STAGE-NUMBER-HASH8}, where the hash tells apart attempts of other resources of the same name. */
    public static String attempt(String stage, int number, String identity) {
        return bounded(stage, "-%d-%s".formatted(number, Sha256.hex(identity, 8)), MAX_ATTEMPT);
    }

    private static String bounded(String prefix, String suffix, int limit) {
        if (prefix.length() + suffix.length() <= limit) {
            return prefix + suffix;
        }
        var hash = "-" + Sha256.hex(prefix, 8);
        return prefix.substring(0, limit - suffix.length() - hash.length()) + hash + suffix;
    }
}
