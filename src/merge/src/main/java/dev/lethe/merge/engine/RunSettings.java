package dev.lethe.merge.engine;

import dev.lethe.merge.digest.FileDigests;
import org.jspecify.annotations.Nullable;

/**
 * How a plan is executed; the bytes of the result do not depend on it.
 *
 * @param threads most threads
 * @param memory bytes that the buffers of all threads may take together, beside what Java itself needs
 * @param fsync whether the result is forced to the disk before it gets its name
 * @param digests of the inputs, for the manifest; null leaves them out
 * @param ofResult whether the digests of the result are computed too, together with those of the inputs
 */
public record RunSettings(int threads, long memory, boolean fsync, @Nullable FileDigests digests, boolean ofResult) {
    public static final long DEFAULT_MEMORY = 1L << 30;

    public static RunSettings of(int threads) {
        return new RunSettings(threads, DEFAULT_MEMORY, true, new FileDigests(), false);
    }

    /** The same without digests. */
    public RunSettings withoutDigests() {
        return new RunSettings(threads, memory, fsync, null, false);
    }
}
