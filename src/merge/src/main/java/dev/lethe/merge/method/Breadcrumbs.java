package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code breadcrumbs} and {@code breadcrumbs-ties}: of each δᵢ drop the ⌊γᵢ·n⌋ largest and then the smallest until
 * ⌊ρᵢ·n⌋ are left; fewer of the largest are dropped where both do not fit. Then the weighted sum, or the sign consensus of
 * {@code ties}.
 *
 * <p>Source: Davari and Belilovsky 2024, arXiv 2312.06795, in mergekit's parameters.
 */
record Breadcrumbs(boolean consensus) implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of(consensus ? "breadcrumbs-ties" : "breadcrumbs", Semantics.LETHE)
                .passes(5);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        List<? extends Mask> masks = bands(group, scan);
        if (group.options().flag("rescale")) {
            masks = L1Rescale.of(group, scan, masks, Chunking.BLOCK);
        }
        return ElementwiseMerge.differences(
                group, masks, consensus ? SignConsensus.of(group) : WeightedTaskVectors.of(group));
    }

    private static List<BandMask> bands(TensorGroup group, Scan scan) {
        Chunking chunking = group.chunking();
        double[] density = group.options().numbers("density");
        double[] gamma = group.options().numbers("gamma");
        long[] outer = new long[density.length];
        long[] inner = new long[density.length];
        for (int i = 0; i < density.length; i++) {
            long kept = TopKMask.k(density[i], chunking.size(), false);
            long top = density[i] >= 1 ? 0 : TopKMask.k(gamma[i], chunking.size(), false);
            inner[i] = Math.min(top, chunking.size() - kept);
            outer[i] = inner[i] + kept;
        }
        List<TopKMask> outers = TopKSelection.largest(ElementScores.differences(group), chunking, scan, outer);
        List<TopKMask> inners = TopKSelection.largest(ElementScores.differences(group), chunking, scan, inner);
        List<BandMask> bands = new ArrayList<>();
        for (int i = 0; i < density.length; i++) {
            bands.add(new BandMask(outers.get(i), inners.get(i)));
        }
        return bands;
    }
}
