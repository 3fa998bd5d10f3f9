package dev.lethe.merge.method;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.FloatBlocks;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Methods whose result is a linear combination of the inputs (or of their differences from the base, plus the base), with
 * coefficients that follow from lengths and angles alone: computed in float64 from the {@link GramMatrix} matrix of the whole
 * tensor, of each row or of each column, and applied in float32.
 */
final class LinearCombination {
    private static final int DOTS = 3;

    private LinearCombination() {}

    /** The formula of a method. */
    @FunctionalInterface
    interface Coefficients {
        /** One factor for each vector; where there is one more, the last is for the base in place of 1. */
        double[] of(GramMatrix gram);
    }

    static PreparedMerge ofTensor(TensorGroup group, Scan scan, Coefficients formula) {
        boolean differences = group.base() != null;
        float[] factors = FloatBlocks.floats(formula.of(GramMatrix.of(group, scan, differences)));
        return new ElementwiseMerge(
                group,
                differences,
                ElementwiseMerge.unmasked(group),
                Chunking.BLOCK,
                capacity -> (base, inputs, count, merged) -> combine(base, inputs, 0, count, factors, merged));
    }

    static PreparedMerge ofRows(TensorGroup group, Coefficients formula) {
        int width = Math.toIntExact(group.chunking().width());
        return new ElementwiseMerge(
                group,
                group.base() != null,
                ElementwiseMerge.unmasked(group),
                group.chunking().rowBlock(),
                capacity -> (base, inputs, count, merged) -> {
                    for (int row = 0; row < count; row += width) {
                        float[] factors = FloatBlocks.floats(formula.of(GramMatrix.of(inputs, row, row + width)));
                        combine(base, inputs, row, row + width, factors, merged);
                    }
                    return 0;
                });
    }

    /** Two inputs, each column of a matrix on its own. */
    static PreparedMerge ofColumns(TensorGroup group, Scan scan, Coefficients formula) {
        if (group.shape().size() != 2) {
            throw InvalidInput.at(group.tensor(), "shape", group.shape().toString(), "a matrix, to go by columns");
        }
        int columns = Math.toIntExact(group.chunking().width());
        double[] dots = new double[DOTS * columns];
        List<double[]> parts = scan.over(group.chunking().chunks(), chunk -> dots(group, chunk, columns));
        for (double[] part : parts) {
            for (int i = 0; i < dots.length; i++) {
                dots[i] += part[i];
            }
        }
        float[][] factors = factors(dots, columns, formula);
        return new ElementwiseMerge(
                group,
                group.base() != null,
                ElementwiseMerge.unmasked(group),
                group.chunking().rowBlock(),
                capacity -> (base, inputs, count, merged) -> {
                    for (int j = 0; j < count; j++) {
                        int column = j % columns;
                        float sum = factors[0][column] * inputs[0][j] + factors[1][column] * inputs[1][j];
                        merged[j] = base == null ? sum : base[j] + sum;
                    }
                    return 0;
                });
    }

    private static float[][] factors(double[] dots, int columns, Coefficients formula) {
        float[][] factors = new float[2][columns];
        for (int column = 0; column < columns; column++) {
            int at = DOTS * column;
            double[][] gram = {{dots[at], dots[at + 1]}, {dots[at + 1], dots[at + 2]}};
            double[] both = formula.of(new GramMatrix(gram));
            factors[0][column] = (float) both[0];
            factors[1][column] = (float) both[1];
        }
        return factors;
    }

    private static double[] dots(TensorGroup group, Chunk chunk, int columns) {
        double[] dots = new double[DOTS * columns];
        int block = group.chunking().rowBlock();
        AlignedBlocks blocks = new AlignedBlocks(group, chunk, block);
        for (long first = chunk.first(); first < chunk.end(); first += block) {
            int count = (int) Math.min(block, chunk.end() - first);
            float[][] v = blocks.read(first, count);
            for (int j = 0; j < count; j++) {
                int at = DOTS * (j % columns);
                dots[at] += (double) v[0][j] * v[0][j];
                dots[at + 1] += (double) v[0][j] * v[1][j];
                dots[at + 2] += (double) v[1][j] * v[1][j];
            }
        }
        return dots;
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
