package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;

/**
 * {@code linear}: Σ wᵢθᵢ, divided by Σ wᵢ where {@code normalize} is set. In float32 whatever the types, in the order of
 * the inputs.
 *
 * <p>With {@code semantics: mergekit} products are fused into the sum, as PyTorch's {@code addcmul} does.
 *
 * <p>Source: Wortsman et al. 2022, Model soups, arXiv 2203.05482.
 */
record Linear(boolean fused) implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("linear", Semantics.LETHE);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        double[] given = group.options().numbers("weight");
        float[] weights = new float[given.length];
        float total = 0;
        for (int i = 0; i < given.length; i++) {
            weights[i] = (float) given[i];
            total += weights[i];
        }
        float divisor = group.options().flag("normalize") ? total : 1;
        return ElementwiseMerge.values(group, capacity -> (base, inputs, count, merged) -> {
            Arrays.fill(merged, 0, count, 0);
            for (int i = 0; i < inputs.length; i++) {
                if (fused) {
                    addFused(inputs[i], weights[i], count, merged);
                } else {
                    addScaled(inputs[i], weights[i], count, merged);
                }
            }
            if (divisor != 1) {
                for (int j = 0; j < count; j++) {
                    merged[j] /= divisor;
                }
            }
            return 0;
        });
    }

    /** merged ← merged + weight · input. */
    static void addScaled(float[] input, float weight, int count, float[] merged) {
        for (int j = 0; j < count; j++) {
            merged[j] += weight * input[j];
        }
    }

    private static void addFused(float[] input, float weight, int count, float[] merged) {
        for (int j = 0; j < count; j++) {
            merged[j] = Math.fma(weight, input[j], merged[j]);
        }
    }
}
