package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.List;

/**
 * {@code dare-linear} and {@code dare-ties}: each element of δᵢ stays with probability ρᵢ and is divided by it; then
 * the weighted sum, or the sign consensus of {@code ties}.
 *
 * <p>Source: Yu et al. 2024, arXiv 2311.03099. mergekit rescales by the ratio of L1 norms in place of 1/ρ, which {@code
 * semantics: mergekit} follows; the random numbers are ours in both.
 *
 * @param consensus whether signs are elected
 * @param l1 whether {@code rescale} is mergekit's
 */
record Dare(boolean consensus, boolean l1) implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of(consensus ? "dare-ties" : "dare-linear", Semantics.LETHE)
                .passes(2);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        boolean rescale = group.options().flag("rescale");
        List<? extends Mask> masks = RandomMask.of(group, rescale && !l1);
        if (rescale && l1) {
            masks = L1Rescale.of(group, scan, masks, Chunking.BLOCK);
        }
        return ElementwiseMerge.differences(
                group, masks, consensus ? SignConsensus.of(group) : WeightedTaskVectors.of(group));
    }
}
