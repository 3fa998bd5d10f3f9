package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import java.util.Arrays;

/**
 * {@code multislerp}: ûᵢ = vᵢ/‖vᵢ‖, m = unit(Σ wᵢûᵢ), τ = Σ wᵢ(ûᵢ − (ûᵢ·m)m); the result is (cos‖τ‖·m + sin‖τ‖·τ/‖τ‖)·Σ
 * wᵢ‖vᵢ‖. Of the differences from the base where there is one. Weights are divided by their sum where {@code
 * normalize_weights} is set. Two opposite inputs that cancel are interpolated linearly; more that cancel are an error.
 *
 * <p>Source: Goddard, goddard.blog/posts/multislerp-wow-what-a-cool-idea. With one input mergekit gives that input.
 */
record MultiSlerp() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("multislerp", Semantics.LETHE).passes(2);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        double[] weights = group.options().numbers("weight");
        if (group.options().flag("normalize_weights")) {
            double sum = Arrays.stream(weights).sum();
            weights = Arrays.stream(weights).map(weight -> weight / sum).toArray();
        }
        double[] w = weights;
        double eps = group.options().number("eps");
        return LinearCombination.ofTensor(group, scan, gram -> coefficients(gram, w, eps, group.tensor()));
    }

    private static double[] coefficients(GramMatrix gram, double[] weights, double eps, String tensor) {
        int n = gram.size();
        if (n == 1) {
            return new double[] {1};
        }
        double[] unit = new double[n];
        double[] mean = new double[n];
        double length = 0;
        for (int i = 0; i < n; i++) {
            unit[i] = 1 / (gram.norm(i) + eps);
            mean[i] = weights[i] * unit[i];
            length += weights[i] * gram.norm(i);
        }
        double norm = gram.norm(mean);
        if (norm < eps) {
            if (n == 2) {
                return weights;
            }
            throw InvalidInput.at(tensor, "weights", "unit vectors that cancel", "other weights for multislerp");
        }
        double[] m = Arrays.stream(mean).map(value -> value / norm).toArray();
        double[] tangent = tangent(gram, weights, unit, m);
        double angle = gram.norm(tangent) + eps;
        double[] result = new double[n];
        for (int i = 0; i < n; i++) {
            result[i] = length * (Math.cos(angle) * m[i] + Math.sin(angle) / angle * tangent[i]);
        }
        return result;
    }

    /** Σ wᵢ(ûᵢ − (ûᵢ·m)m) as factors of the vectors. */
    private static double[] tangent(GramMatrix gram, double[] weights, double[] unit, double[] m) {
        double[] tangent = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double[] u = new double[weights.length];
            u[i] = unit[i];
            double along = gram.dot(u, m);
            for (int k = 0; k < weights.length; k++) {
                tangent[k] += weights[i] * (u[k] - along * m[k]);
            }
        }
        return tangent;
    }
}
