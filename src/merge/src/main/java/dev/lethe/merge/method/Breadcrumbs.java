package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code breadcrumbs} and {@code breadcrumbs-ties}: of each δᵢ drop the ⌊γᵢ·n⌋ largest and then the smallest until
 * ⌊ρᵢ·n⌋ are left; fewer of the largest are dropped where both do not fit. Then the weighted sum, or the sign consensus of
 * {@code ties}.
 *
 * <p>Source: Davari and Belilovsky 2024, arXiv 2312.06795, in mergekit's parameters.
 */
record Breadcrumbs(boolean consensus) implements Method {
    @Override
    public Signature signature() {
        return TaskVectors.signature(consensus ? "breadcrumbs-ties" : "breadcrumbs", false)
                .with(TaskVectors.density(), Option.each("gamma", 0.01, 0, 1), TaskVectors.rescale(false))
                .passes(5);
    }

    @Override
    public Prepared prepare(Group group, Sweep sweep) {
        List<? extends Trim> trims = bands(group, sweep);
        if (group.options().flag("rescale")) {
            trims = L1Rescale.of(group, sweep, trims, Pieces.BLOCK);
        }
        return Elementwise.differences(
                group, trims, consensus ? SignConsensus.of(group) : WeightedDifferences.of(group));
    }

    private static List<Band> bands(Group group, Sweep sweep) {
        Pieces pieces = group.pieces();
        double[] density = group.options().numbers("density");
        double[] gamma = group.options().numbers("gamma");
        long[] outer = new long[density.length];
        long[] inner = new long[density.length];
        for (int i = 0; i < density.length; i++) {
            long kept = Magnitude.kept(density[i], pieces.size(), false);
            long top = density[i] >= 1 ? 0 : Magnitude.kept(gamma[i], pieces.size(), false);
            inner[i] = Math.min(top, pieces.size() - kept);
            outer[i] = inner[i] + kept;
        }
        List<Cut> outers = Selection.largest(Derived.differences(group), pieces, sweep, outer);
        List<Cut> inners = Selection.largest(Derived.differences(group), pieces, sweep, inner);
        List<Band> bands = new ArrayList<>();
        for (int i = 0; i < density.length; i++) {
            bands.add(new Band(outers.get(i), inners.get(i)));
        }
        return bands;
    }
}
