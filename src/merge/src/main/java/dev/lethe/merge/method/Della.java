package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.List;

/**
 * {@code della} and {@code della-linear}: in each row of δᵢ an element stays with a probability from ρᵢ − ε to ρᵢ + ε,
 * linear in the rank of its magnitude, and is divided by it; then the sign consensus of {@code ties}, or the weighted
 * sum.
 *
 * <p>Source: Deep et al. 2024, arXiv 2406.11617. mergekit rescales by the ratio of L1 norms, which {@code semantics:
 * mergekit} follows; the random numbers are ours in both.
 */
record Della(boolean consensus, boolean l1) implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of(consensus ? "della" : "della-linear", Semantics.LETHE)
                .passes(2)
                .rows();
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        boolean rescale = group.options().flag("rescale");
        int block = group.chunking().rowBlock();
        List<? extends Mask> masks = MagpruneMask.of(group, rescale && !l1);
        if (rescale && l1) {
            masks = L1Rescale.of(group, scan, masks, block);
        }
        return new ElementwiseMerge(
                group, true, masks, block, consensus ? SignConsensus.of(group) : WeightedTaskVectors.of(group));
    }
}
