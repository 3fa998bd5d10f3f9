package dev.lethe.weights.method;

import dev.lethe.weights.safetensors.Dtype;

/**
 * The second half of TIES as PEFT computes it ({@code calculate_majority_sign_mask}, {@code disjoint_merge}): γ is the
 * elected sign of the unweighted values, plus where the vote is exactly 0; the result is Σ wᵢ·tᵢ over the inputs whose
 * sign is γ, divided by their number (not by their weights). Zeros never agree; where none agrees the result is 0.
 *
 * @param frequency whether the sign of more inputs is elected, in place of the sign of the sum
 */
@SuppressWarnings("ArrayRecordComponent")
record DisjointMean(float[] weights, boolean frequency) {
    static BlockKernel.Factory of(Group group, boolean frequency) {
        float[] weights = new Rounding(Dtype.F32).of(group.options().numbers("weight"));
        DisjointMean mean = new DisjointMean(weights, frequency);
        return capacity -> (base, inputs, count, merged) -> mean.merge(inputs, count, merged);
    }

    private long merge(float[][] inputs, int count, float[] merged) {
        long cancellations = 0;
        for (int j = 0; j < count; j++) {
            float vote = 0;
            boolean voted = false;
            for (float[] input : inputs) {
                vote += frequency ? Math.signum(input[j]) : input[j];
                voted |= input[j] != 0;
            }
            cancellations += voted && vote == 0 ? 1 : 0;
            merged[j] = meanOfAgreeing(inputs, j, vote >= 0);
        }
        return cancellations;
    }

    private float meanOfAgreeing(float[][] inputs, int j, boolean plus) {
        float sum = 0;
        int agreeing = 0;
        for (int i = 0; i < inputs.length; i++) {
            float value = inputs[i][j];
            if (plus ? value > 0 : value < 0) {
                sum += weights[i] * value;
                agreeing++;
            }
        }
        return sum / Math.max(1, agreeing);
    }
}
