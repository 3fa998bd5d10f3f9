package dev.lethe.weights.engine;

/**
 * How a plan is carried out; the bytes of the result do not depend on it.
 *
 * @param threads most threads
 * @param memory bytes that the buffers of all threads may take together, beside what Java itself needs
 * @param fsync whether the result is forced to the disk before it gets its name
 * @param digests whether the manifest names its inputs by digest, for which they are read once more
 */
public record RunSettings(int threads, long memory, boolean fsync, boolean digests) {
    public static final long DEFAULT_MEMORY = 1L << 30;

    public static RunSettings of(int threads) {
        return new RunSettings(threads, DEFAULT_MEMORY, true, true);
    }
}
