package dev.lethe.merge.engine;

/** Called with the progress of a merge, from any thread. */
@FunctionalInterface
public interface ProgressListener {
    /** Ignores the progress. */
    ProgressListener NONE = (done, total) -> {};

    /**
     * @param doneBytes bytes read and written so far; calls of different threads may overtake each other
     * @param totalBytes bytes to read and write in all
     */
    void advanced(long doneBytes, long totalBytes);
}
