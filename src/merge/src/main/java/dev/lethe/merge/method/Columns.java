package dev.lethe.merge.method;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.Combination.Coefficients;
import java.util.List;

/** A {@link Combination} of two inputs for each column of a matrix. */
final class Columns {
    private static final int DOTS = 3;

    private Columns() {}

    static Prepared prepare(Group group, Sweep sweep, Coefficients formula) {
        if (group.shape().size() != 2) {
            throw InvalidInput.at(group.tensor(), "shape", group.shape().toString(), "a matrix, to go by columns");
        }
        int columns = Math.toIntExact(group.pieces().width());
        double[] dots = new double[DOTS * columns];
        List<double[]> parts = sweep.over(group.pieces().all(), piece -> dots(group, piece, columns));
        for (double[] part : parts) {
            for (int i = 0; i < dots.length; i++) {
                dots[i] += part[i];
            }
        }
        float[][] factors = factors(dots, columns, formula);
        return new Elementwise(
                group,
                group.base() != null,
                Elementwise.untrimmed(group),
                group.pieces().rowBlock(),
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
            double[] both = formula.of(new Gram(gram));
            factors[0][column] = (float) both[0];
            factors[1][column] = (float) both[1];
        }
        return factors;
    }

    private static double[] dots(Group group, Piece piece, int columns) {
        double[] dots = new double[DOTS * columns];
        int block = group.pieces().rowBlock();
        AlignedBlocks blocks = new AlignedBlocks(group, piece, block);
        for (long first = piece.first(); first < piece.end(); first += block) {
            int count = (int) Math.min(block, piece.end() - first);
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
}
