package dev.lethe.merge.method;

import java.util.List;

/** The merge of one tensor, ready: its chunks may be merged in any order and from any thread. */
public interface PreparedMerge {
    /**
     * Merges a chunk.
     *
     * @return positions at which the votes for the sign cancelled exactly; 0 where there is no vote
     */
    long merge(Chunk chunk, Sink sink);

    /** How many elements of each input survived trimming. */
    List<Long> kept();

    /** How many elements of each input are exactly at its threshold, where only some of them were kept; else 0. */
    List<Long> ties();

    /** Takes the merged blocks of a chunk, in order. */
    @FunctionalInterface
    interface Sink {
        void accept(float[] merged, int count);
    }
}
