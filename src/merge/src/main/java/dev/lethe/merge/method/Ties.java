package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.List;

/**
 * {@code ties}: of each δᵢ keep the ⌊ρᵢ·n⌋ largest, elect a sign for each element by the weighted sum, average what
 * agrees by weight, see {@link SignConsensus}.
 *
 * <p>Source: Yadav et al. 2023, arXiv 2306.01708, in the weighted form that mergekit made common. Differs from the paper:
 * trimming is for each tensor, weights count in the vote, and an exact tie elects plus.
 *
 * @param atLeastOne whether a positive density keeps at least one element, as mergekit 0.1.5 has it
 */
record Ties(boolean atLeastOne) implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("ties", Semantics.LETHE).passes(4);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        List<? extends Mask> masks = TopKMask.ofDensity(group, scan, atLeastOne);
        if (group.options().flag("rescale")) {
            masks = L1Rescale.of(group, scan, masks, Chunking.BLOCK);
        }
        return ElementwiseMerge.differences(group, masks, SignConsensus.of(group));
    }
}
