package dev.lethe.merge.engine;

import java.util.List;

/** Called with the progress of a merge. */
@FunctionalInterface
public interface ProgressListener {
    /** Ignores the progress. */
    ProgressListener NONE = (done, total) -> {};

    /**
     * Called once, before anything is written.
     *
     * @param notes what is worth a look, a line each
     */
    default void planned(List<String> notes) {}

    /**
     * Called from any thread.
     *
     * @param doneBytes bytes read and written so far; calls of different threads may overtake each other
     * @param totalBytes bytes to read and write in all
     */
    void advanced(long doneBytes, long totalBytes);
}
