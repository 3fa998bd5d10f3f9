package dev.lethe.weights.merge;

/** A formula over aligned elements: one number of the result from one number of each input. */
@FunctionalInterface
public interface BlockKernel {
    /**
     * @param blocks the aligned values of each input
     * @param weights one for each input
     * @param count elements to merge, from the start of each array
     * @param merged receives the result
     * @return positions at which a vote cancelled exactly; 0 where there is no vote
     */
    long merge(float[][] blocks, float[] weights, int count, float[] merged);
}
