package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;

/**
 * {@code task-arithmetic}: θ₀ + λ·Σ wᵢδᵢ.
 *
 * <p>Source: Ilharco et al. 2023, arXiv 2212.04089.
 */
record TaskArithmetic() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("task-arithmetic", Semantics.LETHE);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        return ElementwiseMerge.differences(group, ElementwiseMerge.unmasked(group), WeightedTaskVectors.of(group));
    }
}
