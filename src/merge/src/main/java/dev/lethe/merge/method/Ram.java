package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;
import java.util.Objects;

/**
 * {@code ram}: where one input alone changed an element by more than ε its difference is kept; where several did, the mean
 * of theirs; θ₀ plus that.
 *
 * <p>Source: Reinforced Agent Merging, arXiv 2601.13572, as in mergekit 0.1.5.
 */
record Ram() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("ram", Semantics.LETHE);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        float epsilon = (float) group.options().number("epsilon");
        Rounding rounding = Rounding.of(group);
        return ElementwiseMerge.differences(group, ElementwiseMerge.unmasked(group), capacity -> {
            float[] owners = new float[capacity];
            return (base, inputs, count, merged) -> {
                Arrays.fill(owners, 0, count, 0);
                for (float[] input : inputs) {
                    for (int j = 0; j < count; j++) {
                        boolean active = Math.abs(input[j]) > epsilon;
                        owners[j] += active ? 1 : 0;
                        input[j] = active ? input[j] : 0;
                    }
                }
                for (float[] input : inputs) {
                    for (int j = 0; j < count; j++) {
                        input[j] /= Math.max(1, owners[j]);
                    }
                    rounding.apply(input, count);
                }
                rounding.sum(inputs, count, merged);
                rounding.addBase(Objects.requireNonNull(base), merged, count);
                return 0;
            };
        });
    }
}
