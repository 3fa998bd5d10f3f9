package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;

/** {@code magnitude-prune}: of each δᵢ keep the ⌊ρᵢ·n⌋ largest, then θ₀ + λ·Σ wᵢδᵢ. PEFT's method, for whole models. */
record MagnitudePrune() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("magnitude-prune", Semantics.LETHE).passes(4);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        return ElementwiseMerge.differences(
                group, TopKMask.ofDensity(group, scan, false), WeightedTaskVectors.of(group));
    }
}
