package dev.lethe.merge.method;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Methods whose result is a linear combination of the inputs (or of their differences from the base, plus the base), with
 * coefficients that follow from lengths and angles alone: computed in float64 from the {@link Gram} matrix of the whole
 * tensor, of each row or of each column, and applied in float32.
 */
final class Combination {
    private Combination() {}

    /** The formula of a method. */
    @FunctionalInterface
    interface Coefficients {
        /** One factor for each vector; where there is one more, the last is for the base in place of 1. */
        double[] of(Gram gram);
    }

    static Prepared ofTensor(Group group, Sweep sweep, Coefficients formula) {
        boolean differences = group.base() != null;
        float[] factors = floats(formula.of(Gram.of(group, sweep, differences)));
        return new Elementwise(
                group,
                differences,
                Elementwise.untrimmed(group),
                Pieces.BLOCK,
                capacity -> (base, inputs, count, merged) -> combine(base, inputs, 0, count, factors, merged));
    }

    static Prepared ofRows(Group group, Coefficients formula) {
        int width = Math.toIntExact(group.pieces().width());
        return new Elementwise(
                group,
                group.base() != null,
                Elementwise.untrimmed(group),
                group.pieces().rowBlock(),
                capacity -> (base, inputs, count, merged) -> {
                    for (int row = 0; row < count; row += width) {
                        float[] factors = floats(formula.of(Gram.of(inputs, row, row + width)));
                        combine(base, inputs, row, row + width, factors, merged);
                    }
                    return 0;
                });
    }

    private static float[] floats(double[] factors) {
        float[] floats = new float[factors.length];
        for (int i = 0; i < factors.length; i++) {
            floats[i] = (float) factors[i];
        }
        return floats;
    }

    static long combine(float @Nullable [] base, float[][] inputs, int from, int to, float[] factors, float[] merged) {
        Arrays.fill(merged, from, to, 0);
        for (int i = 0; i < inputs.length; i++) {
            float[] input = inputs[i];
            float factor = factors[i];
            for (int j = from; j < to; j++) {
                merged[j] += factor * input[j];
            }
        }
        if (base != null) {
            float factor = factors.length > inputs.length ? factors[inputs.length] : 1;
            for (int j = from; j < to; j++) {
                merged[j] = factor * base[j] + merged[j];
            }
        }
        return 0;
    }
}
