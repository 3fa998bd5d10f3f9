package dev.lethe.merge.engine;

/** Hears how far a long piece of work is, from any thread. */
@FunctionalInterface
public interface ProgressListener {
    /** Tells no one. */
    ProgressListener NONE = (done, total) -> {};

    /**
     * @param doneBytes bytes read and written so far; calls of different threads may overtake each other
     * @param totalBytes bytes to read and write in all
     */
    void advanced(long doneBytes, long totalBytes);
}
