package dev.lethe.merge.method;

/**
 * {@code task-arithmetic}: θ₀ + λ·Σ wᵢδᵢ.
 *
 * <p>Source: Ilharco et al. 2023, arXiv 2212.04089.
 */
record TaskArithmetic() implements Method {
    @Override
    public Signature signature() {
        return TaskVectors.signature("task-arithmetic", false);
    }

    @Override
    public Prepared prepare(Group group, Sweep sweep) {
        return Elementwise.differences(group, Elementwise.untrimmed(group), WeightedDifferences.of(group));
    }
}
