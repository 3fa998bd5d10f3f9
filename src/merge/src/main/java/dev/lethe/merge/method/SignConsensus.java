package dev.lethe.merge.method;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * θ₀ + λ·q with uᵢ = wᵢδᵢ, γ = sgn(Σ uᵢ) where 0 counts as plus, and q = Σ uᵢ over the inputs whose uᵢ has the sign γ,
 * divided by the sum of their weights where {@code normalize} is set (by 1 where that sum is 0). Zeros never agree, so
 * where none agrees q is 0.
 *
 * <p>The loops are written for vector instructions: signs are numbers, and what agrees is max(uᵢ·γ, 0), which changes no
 * bit of the sums. Where Σ uᵢ is 0 although some voted, some agree with plus.
 */
final class SignConsensus implements BlockKernel {
    private final Rounding rounding;
    private final float[] weights;
    private final boolean normalize;
    private final float lambda;
    private final float[] sum;
    private final float[] divisor;

    private SignConsensus(Rounding rounding, float[] weights, boolean normalize, float lambda, int capacity) {
        this.rounding = rounding;
        this.weights = weights;
        this.normalize = normalize;
        this.lambda = lambda;
        this.sum = new float[capacity];
        this.divisor = new float[capacity];
    }

    static Factory of(TensorGroup group) {
        Rounding rounding = Rounding.of(group);
        float[] weights = rounding.of(group.options().numbers("weight"));
        boolean normalize = group.options().flag("normalize");
        float lambda = (float) group.options().number("lambda");
        return capacity -> new SignConsensus(rounding, weights, normalize, lambda, capacity);
    }

    @Override
    public long merge(float @Nullable [] base, float[][] inputs, int count, float[] merged) {
        for (int i = 0; i < inputs.length; i++) {
            rounding.scale(inputs[i], weights[i], count);
        }
        rounding.sum(inputs, count, sum);
        sumAgreeing(inputs, count, merged);
        long cancellations = sign(merged, count);
        rounding.apply(merged, count);
        if (normalize) {
            divide(merged, count);
            rounding.apply(merged, count);
        }
        if (lambda != 1) {
            rounding.scale(merged, lambda, count);
        }
        rounding.addBase(Objects.requireNonNull(base), merged, count);
        return cancellations;
    }

    /** merged ← |Σ uᵢ| over the inputs that agree; divisor ← the sum of their weights. */
    private void sumAgreeing(float[][] inputs, int count, float[] merged) {
        Arrays.fill(merged, 0, count, 0);
        Arrays.fill(divisor, 0, count, 0);
        for (int i = 0; i < inputs.length; i++) {
            float[] input = inputs[i];
            float weight = weights[i];
            for (int j = 0; j < count; j++) {
                float agreeing = Math.max(input[j] * elected(sum[j]), 0);
                merged[j] += agreeing;
                divisor[j] += weight * Math.signum(agreeing);
            }
        }
    }

    /** The sign of a vote; plus where it is 0. */
    static float elected(float sum) {
        float sign = Math.signum(sum);
        return sign + (1 - Math.abs(sign));
    }

    /** 1 where some agree with plus because the vote is 0, else 0. */
    static int cancelled(float agreeing, float vote) {
        return (int) (Math.signum(agreeing) * (1 - Math.abs(Math.signum(vote))));
    }

    /** merged ← γ·merged; counts where someone voted and the sum was 0. */
    private long sign(float[] merged, int count) {
        int cancelled = 0;
        for (int j = 0; j < count; j++) {
            cancelled += cancelled(merged[j], sum[j]);
            merged[j] *= elected(sum[j]);
        }
        return cancelled;
    }

    private void divide(float[] merged, int count) {
        rounding.apply(divisor, count);
        for (int j = 0; j < count; j++) {
            merged[j] /= divisor[j] + (1 - Math.abs(Math.signum(divisor[j])));
        }
    }
}
