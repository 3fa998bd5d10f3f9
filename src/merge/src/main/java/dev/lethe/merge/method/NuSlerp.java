package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;

/**
 * {@code nuslerp}: {@code slerp} with t = w₁/(w₀ + w₁), 0.5 where that sum is below 1e-6; of the differences from the base
 * where there is one. With {@code nuslerp_flatten: false} each row on its own, with {@code nuslerp_row_wise} too each
 * column (mergekit's names). Linear where 1 − cos² is at most 1e-16.
 *
 * <p>Source: mergekit.
 */
record NuSlerp() implements MergeMethod {
    private static final double LEAST_NORM = 1e-7;
    private static final double LEAST_SUM = 1e-6;
    private static final double COLLINEAR = 1e-16;

    @Override
    public Signature signature() {
        return Signature.of("nuslerp", Semantics.LETHE).passes(2).rows();
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        double[] weights = group.options().numbers("weight");
        double sum = weights[0] + weights[1];
        double t = Math.abs(sum) < LEAST_SUM ? 0.5 : weights[1] / sum;
        LinearCombination.Coefficients formula = gram -> coefficients(gram, t);
        if (group.options().flag("nuslerp_flatten") || group.shape().size() < 2) {
            return LinearCombination.ofTensor(group, scan, formula);
        }
        return group.options().flag("nuslerp_row_wise")
                ? LinearCombination.ofColumns(group, scan, formula)
                : LinearCombination.ofRows(group, formula);
    }

    private static double[] coefficients(GramMatrix gram, double t) {
        double norms = Math.max(gram.norm(0), LEAST_NORM) * Math.max(gram.norm(1), LEAST_NORM);
        double cos = Math.clamp(gram.dots()[0][1] / norms, -1, 1);
        return 1 - cos * cos <= COLLINEAR ? new double[] {1 - t, t} : Slerp.onArc(Math.acos(cos), t);
    }
}
