package dev.lethe.merge.method;

import org.jspecify.annotations.Nullable;

/** A formula over aligned elements: one number of the result from one number of each input. For one thread. */
@FunctionalInterface
interface BlockKernel {
    /**
     * @param base elements of the base, where the method has one
     * @param inputs aligned elements of each input, which may be overwritten
     * @param count elements to merge, from the start of each array
     * @param merged receives the result
     * @return positions at which a vote cancelled exactly; 0 where there is no vote
     */
    long merge(float @Nullable [] base, float[][] inputs, int count, float[] merged);

    /** Makes a kernel for one thread. */
    @FunctionalInterface
    interface Factory {
        /** @param capacity elements of the largest block */
        BlockKernel open(int capacity);
    }
}
