package dev.lethe.merge.method;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * θ₀ + λ·Σ wᵢδᵢ / d, where d is Σ wᵢ where weights are normalised (1 where that is below 1e-8) and else 1.
 *
 * @param divisor d
 */
@SuppressWarnings("ArrayRecordComponent")
record WeightedTaskVectors(Rounding rounding, float[] weights, float divisor, float lambda) implements BlockKernel {
    private static final float TINY = 1e-8f;

    static Factory of(TensorGroup group) {
        Rounding rounding = Rounding.of(group);
        float[] weights = rounding.of(group.options().numbers("weight"));
        float sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        float total = rounding.of(sum);
        boolean divided = group.options().flag("normalize") && Math.abs(total) >= TINY;
        float lambda = (float) group.options().number("lambda");
        return capacity -> new WeightedTaskVectors(rounding, weights, divided ? total : 1, lambda);
    }

    @Override
    public long merge(float @Nullable [] base, float[][] inputs, int count, float[] merged) {
        for (int i = 0; i < inputs.length; i++) {
            rounding.scale(inputs[i], weights[i], count);
        }
        rounding.sum(inputs, count, merged);
        if (divisor != 1) {
            for (int j = 0; j < count; j++) {
                merged[j] /= divisor;
            }
            rounding.apply(merged, count);
        }
        if (lambda != 1) {
            rounding.scale(merged, lambda, count);
        }
        rounding.addBase(Objects.requireNonNull(base), merged, count);
        return 0;
    }
}
