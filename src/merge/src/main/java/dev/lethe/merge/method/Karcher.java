package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;

/**
 * {@code karcher}: the Karcher mean of the unit vectors on their sphere, all of equal weight, times the mean of the
 * lengths. At most {@code max_iter} steps u ← unit(cos‖T‖·u + sin‖T‖·T/‖T‖) with T = Σ αᵢ(Θᵢ/sin Θᵢ)(ûᵢ − cos Θᵢ·u). All
 * vectors stay in the span of the inputs, so a step costs nothing but arithmetic on dot products.
 *
 * <p>Source: arXiv 2603.04972; as in mergekit.
 */
record Karcher() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("karcher", Semantics.LETHE).passes(2);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        int steps = group.options().integer("max_iter");
        double tol = group.options().number("tol");
        return LinearCombination.ofTensor(group, scan, gram -> coefficients(gram, steps, tol));
    }

    private static double[] coefficients(GramMatrix gram, int steps, double tol) {
        int n = gram.size();
        if (n == 1) {
            return new double[] {1};
        }
        double[][] units = new double[n][n];
        int valid = 0;
        double length = 0;
        for (int i = 0; i < n; i++) {
            length += gram.norm(i) / n;
            if (gram.norm(i) > tol) {
                units[i][i] = 1 / gram.norm(i);
                valid++;
            }
        }
        if (valid == 0) {
            return new double[n];
        }
        double[] mean = start(gram, units, valid, tol);
        for (int step = 0; step < steps; step++) {
            double[] tangent = tangent(gram, units, valid, mean, tol);
            double norm = gram.norm(tangent);
            if (norm < tol) {
                break;
            }
            for (int k = 0; k < n; k++) {
                mean[k] = Math.cos(norm) * mean[k] + Math.sin(norm) * tangent[k] / norm;
            }
            scale(mean, 1 / gram.norm(mean));
        }
        scale(mean, length);
        return mean;
    }

    private static double[] start(GramMatrix gram, double[][] units, int valid, double tol) {
        double[] mean = new double[units.length];
        for (int i = 0; i < units.length; i++) {
            mean[i] = units[i][i] / valid;
        }
        double norm = gram.norm(mean);
        if (norm < tol) {
            return Arrays.stream(units)
                    .filter(u -> Arrays.stream(u).anyMatch(x -> x > 0))
                    .findFirst()
                    .orElseThrow()
                    .clone();
        }
        scale(mean, 1 / norm);
        return mean;
    }

    private static double[] tangent(GramMatrix gram, double[][] units, int valid, double[] mean, double tol) {
        double[] tangent = new double[units.length];
        for (int i = 0; i < units.length; i++) {
            double cos = Math.clamp(gram.dot(mean, units[i]), -1, 1);
            double angle = Math.acos(cos);
            if (units[i][i] > 0 && angle >= tol) {
                double factor = angle / Math.sin(angle) / valid;
                for (int k = 0; k < units.length; k++) {
                    tangent[k] += factor * (units[i][k] - cos * mean[k]);
                }
            }
        }
        return tangent;
    }

    private static void scale(double[] vector, double factor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
    }
}
