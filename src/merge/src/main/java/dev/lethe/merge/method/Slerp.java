package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;

/**
 * {@code slerp}: s₀v₀ + s₁v₁ with s₀ = sin((1−t)Θ)/sin Θ and s₁ = sin(tΘ)/sin Θ, where Θ is the angle between the two
 * tensors as vectors; (1−t)v₀ + tv₁ where |cos Θ| > 0.9995. The base, which is the first input, is at t = 0.
 *
 * <p>Source: Shoemake 1985; the threshold is mergekit's.
 */
record Slerp() implements MergeMethod {
    private static final double PARALLEL = 0.9995;
    private static final double TINY = 1e-8;

    @Override
    public Signature signature() {
        return Signature.of("slerp", Semantics.LETHE).passes(2);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        double t = group.options().number("t");
        return LinearCombination.ofTensor(group, scan, gram -> coefficients(gram, t));
    }

    private static double[] coefficients(GramMatrix gram, double t) {
        double cosine = gram.dots()[0][1] / (norm(gram, 0) * norm(gram, 1));
        double cos = Math.clamp(cosine, -1, 1);
        return Math.abs(cos) > PARALLEL ? new double[] {1 - t, t} : onArc(Math.acos(cos), t);
    }

    private static double norm(GramMatrix gram, int i) {
        return gram.norm(i) > TINY ? gram.norm(i) : 1;
    }

    /** The factors of two vectors at an angle. */
    static double[] onArc(double angle, double t) {
        double sine = Math.sin(angle);
        return new double[] {Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine};
    }
}
