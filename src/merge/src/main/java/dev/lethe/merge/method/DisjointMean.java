package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.Dtype;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The second half of TIES as PEFT computes it ({@code calculate_majority_sign_mask}, {@code disjoint_merge}): γ is the
 * elected sign of the unweighted values, plus where the vote is exactly 0; the result is Σ wᵢ·tᵢ over the inputs whose
 * sign is γ, divided by their number (not by their weights). Zeros never agree; where none agrees the result is 0.
 *
 * <p>The loops are written for vector instructions, as those of {@link SignConsensus}.
 */
final class DisjointMean implements BlockKernel {
    private final Rounding rounding;
    private final float[] weights;
    private final boolean frequency;
    private final float[] vote;
    private final float[] number;

    private DisjointMean(Rounding rounding, float[] weights, boolean frequency, int capacity) {
        this.rounding = rounding;
        this.weights = weights;
        this.frequency = frequency;
        this.vote = new float[capacity];
        this.number = new float[capacity];
    }

    /** @param frequency whether the sign of more inputs is elected, in place of the sign of the sum */
    static Factory of(TensorGroup group, boolean frequency) {
        Rounding rounding = new Rounding(Dtype.F32);
        float[] weights = rounding.of(group.options().numbers("weight"));
        return capacity -> new DisjointMean(rounding, weights, frequency, capacity);
    }

    @Override
    public long merge(float @Nullable [] base, float[][] inputs, int count, float[] merged) {
        vote(inputs, count);
        sumAgreeing(inputs, count, merged);
        return divide(merged, count);
    }

    private void vote(float[][] inputs, int count) {
        if (!frequency) {
            rounding.sum(inputs, count, vote);
            return;
        }
        Arrays.fill(vote, 0, count, 0);
        for (float[] input : inputs) {
            for (int j = 0; j < count; j++) {
                vote[j] += Math.signum(input[j]);
            }
        }
    }

    /** merged ← Σ wᵢ·tᵢ over the inputs that agree; number ← how many they are. */
    private void sumAgreeing(float[][] inputs, int count, float[] merged) {
        Arrays.fill(merged, 0, count, 0);
        Arrays.fill(number, 0, count, 0);
        for (int i = 0; i < inputs.length; i++) {
            float[] input = inputs[i];
            float weight = weights[i];
            for (int j = 0; j < count; j++) {
                float sign = SignConsensus.elected(vote[j]);
                float agreeing = Math.max(input[j] * sign, 0);
                merged[j] += weight * (agreeing * sign);
                number[j] += Math.signum(agreeing);
            }
        }
    }

    /** Counts where someone voted and the vote was 0: then some agree with plus. */
    private long divide(float[] merged, int count) {
        int cancelled = 0;
        for (int j = 0; j < count; j++) {
            cancelled += SignConsensus.cancelled(number[j], vote[j]);
            merged[j] /= Math.max(1, number[j]);
        }
        return cancelled;
    }
}
