package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;
import java.util.Objects;

/**
 * {@code negmerge}: θ₀ − λ·τ, where τ is the mean of the forget vectors δᵢ at the elements where all of them have the
 * same sign, and 0 elsewhere. The inputs are models that learned what shall be forgotten.
 *
 * <p>Source: Kim, Han and Choe 2025, NegMerge: Sign-Consensual Weight Merging for Machine Unlearning, arXiv 2410.05583.
 */
record NegMerge() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("negmerge", Semantics.LETHE);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        float lambda = (float) group.options().number("lambda");
        Rounding rounding = Rounding.of(group);
        return ElementwiseMerge.differences(group, ElementwiseMerge.unmasked(group), capacity -> {
            float[] signs = new float[capacity];
            return (base, inputs, count, merged) -> {
                Arrays.fill(merged, 0, count, 0);
                Arrays.fill(signs, 0, count, 0);
                for (float[] input : inputs) {
                    for (int j = 0; j < count; j++) {
                        merged[j] += input[j];
                        signs[j] += Math.signum(input[j]);
                    }
                }
                for (int j = 0; j < count; j++) {
                    boolean agreed = Math.abs(signs[j]) == inputs.length;
                    merged[j] = agreed ? -lambda * (merged[j] / inputs.length) : 0;
                }
                rounding.addBase(Objects.requireNonNull(base), merged, count);
                return 0;
            };
        });
    }
}
