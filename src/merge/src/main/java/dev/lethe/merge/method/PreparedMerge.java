package dev.lethe.merge.method;

import java.util.List;

/** A method that knows all it must know of one tensor: pieces may be merged in any order and from any thread. */
public interface PreparedMerge {
    /**
     * Merges a piece.
     *
     * @return positions at which the votes for the sign cancelled exactly; 0 where there is no vote
     */
    long merge(Chunk chunk, Sink sink);

    /** How many elements of each input survived trimming. */
    List<Long> kept();

    /**
     * How many elements of each input have the magnitude at which it was cut, where only some of them could be kept; else
     * 0.
     */
    List<Long> ties();

    /** Takes the merged blocks of a chunk, in order. */
    @FunctionalInterface
    interface Sink {
        void accept(float[] merged, int count);
    }
}
