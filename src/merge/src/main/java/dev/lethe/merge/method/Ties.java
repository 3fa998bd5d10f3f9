package dev.lethe.merge.method;

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
record Ties(boolean atLeastOne) implements Method {
    @Override
    public Signature signature() {
        return TaskVectors.signature("ties", true)
                .with(TaskVectors.density(), TaskVectors.rescale(false))
                .passes(4);
    }

    @Override
    public Prepared prepare(Group group, Sweep sweep) {
        List<? extends Trim> trims = Magnitude.trim(group, sweep, atLeastOne);
        if (group.options().flag("rescale")) {
            trims = L1Rescale.of(group, sweep, trims, Pieces.BLOCK);
        }
        return Elementwise.differences(group, trims, SignConsensus.of(group));
    }
}
