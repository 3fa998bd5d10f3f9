package dev.lethe.merge.method;

/** {@code magnitude-prune}: of each δᵢ keep the ⌊ρᵢ·n⌋ largest, then θ₀ + λ·Σ wᵢδᵢ. PEFT's method, for whole models. */
record MagnitudePrune() implements Method {
    @Override
    public Signature signature() {
        return TaskVectors.signature("magnitude-prune", false)
                .with(TaskVectors.density())
                .passes(4);
    }

    @Override
    public Prepared prepare(Group group, Sweep sweep) {
        return Elementwise.differences(group, Magnitude.trim(group, sweep, false), WeightedDifferences.of(group));
    }
}
