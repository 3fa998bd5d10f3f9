package dev.lethe.weights.merge;

import java.util.List;

/** The prepared merge of one tensor: its blocks may be merged in any order and from any thread. */
public interface TensorMerge {
    /** Elements of a block; every block but the last has this many, whatever the number of threads. */
    int BLOCK = 1 << 16;

    /**
     * Merges one block.
     *
     * @param first first element, a multiple of {@link #BLOCK}
     * @param count elements, at most {@link #BLOCK}
     * @param merged receives the result
     * @return positions at which the votes for the sign cancelled exactly
     */
    long merge(long first, int count, float[] merged);

    /** How many elements of each input survived trimming. */
    List<Long> kept();

    /**
     * How many elements of each input had the magnitude at which it was cut, where only some of them could be kept (the
     * lowest indices were); else 0.
     */
    List<Long> ties();
}
