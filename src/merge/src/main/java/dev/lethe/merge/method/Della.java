package dev.lethe.merge.method;

import java.util.List;

/**
 * {@code della} and {@code della-linear}: in each row of δᵢ an element stays with a probability from ρᵢ − ε to ρᵢ + ε,
 * linear in the rank of its magnitude, and is divided by it; then the sign consensus of {@code ties}, or the weighted
 * sum.
 *
 * <p>Source: Deep et al. 2024, arXiv 2406.11617. mergekit rescales by the ratio of L1 norms, which {@code semantics:
 * mergekit} follows; the draws are ours in both.
 */
record Della(boolean consensus, boolean l1) implements Method {
    @Override
    public Signature signature() {
        return TaskVectors.signature(consensus ? "della" : "della-linear", consensus)
                .with(TaskVectors.density(), Option.each("epsilon", 0.15, 0, 1), TaskVectors.rescale(true))
                .passes(2)
                .rows();
    }

    @Override
    public Prepared prepare(Group group, Sweep sweep) {
        boolean rescale = group.options().flag("rescale");
        int block = group.pieces().rowBlock();
        List<? extends Trim> trims = RankedTrim.of(group, rescale && !l1);
        if (rescale && l1) {
            trims = L1Rescale.of(group, sweep, trims, block);
        }
        return new Elementwise(
                group, true, trims, block, consensus ? SignConsensus.of(group) : WeightedDifferences.of(group));
    }
}
