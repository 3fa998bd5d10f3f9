package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;

/**
 * {@code model-stock}: c is the mean cosine of all pairs of differences, t = Nc/(1 + (N−1)c); the result is t·mean(θᵢ) +
 * (1−t)·θ₀, for each row on its own where {@code filter_wise} is set. Where the divisor of t is below 1e-6 the base
 * stays.
 *
 * <p>Source: Jang, Yun and Han 2024, arXiv 2403.19522; the guards are mergekit's.
 */
record ModelStock() implements MergeMethod {
    private static final double LEAST = 1e-6;

    @Override
    public Signature signature() {
        return Signature.of("model-stock", Semantics.LETHE).passes(2).rows();
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        return group.options().flag("filter_wise")
                ? LinearCombination.ofRows(group, ModelStock::coefficients)
                : LinearCombination.ofTensor(group, scan, ModelStock::coefficients);
    }

    /** t/N for each difference: t·mean(θᵢ) + (1−t)·θ₀ = θ₀ + t·mean(δᵢ). */
    private static double[] coefficients(GramMatrix gram) {
        int n = gram.size();
        double cosines = 0;
        for (int i = 0; i < n; i++) {
            for (int k = i + 1; k < n; k++) {
                double norms = Math.max(gram.norm(i) * gram.norm(k), LEAST);
                cosines += Math.clamp(gram.dots()[i][k] / norms, -1, 1);
            }
        }
        double c = cosines / (n * (n - 1) / 2.0);
        double divisor = 1 + (n - 1) * c;
        double t = Math.abs(divisor) < LEAST ? 0 : n * c / divisor;
        double[] factors = new double[n];
        Arrays.fill(factors, t / n);
        return factors;
    }
}
