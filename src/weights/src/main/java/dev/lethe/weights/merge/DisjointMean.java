package dev.lethe.weights.merge;

/**
 * The second half of TIES as PEFT computes it ({@code calculate_majority_sign_mask}, {@code disjoint_merge}): γ is the
 * elected sign of the unweighted values, plus where the vote is exactly 0; the result is Σ wᵢ·tᵢ over the inputs whose
 * sign is γ, divided by their number (not by their weights). Zeros never agree; where none agrees the result is 0.
 *
 * @param majoritySign how γ is elected
 */
public record DisjointMean(MajoritySign majoritySign) implements BlockKernel {
    @Override
    public long merge(float[][] blocks, float[] weights, int count, float[] merged) {
        long cancellations = 0;
        for (int j = 0; j < count; j++) {
            float vote = 0;
            boolean voted = false;
            for (float[] block : blocks) {
                vote += majoritySign == MajoritySign.TOTAL ? block[j] : Math.signum(block[j]);
                voted |= block[j] != 0;
            }
            cancellations += voted && vote == 0 ? 1 : 0;
            merged[j] = meanOfAgreeing(blocks, weights, j, vote >= 0);
        }
        return cancellations;
    }

    private static float meanOfAgreeing(float[][] blocks, float[] weights, int j, boolean plus) {
        float sum = 0;
        int agreeing = 0;
        for (int i = 0; i < blocks.length; i++) {
            float value = blocks[i][j];
            if (plus ? value > 0 : value < 0) {
                sum += weights[i] * value;
                agreeing++;
            }
        }
        return sum / Math.max(1, agreeing);
    }
}
