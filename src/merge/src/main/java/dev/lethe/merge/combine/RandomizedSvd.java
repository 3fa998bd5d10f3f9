package dev.lethe.merge.combine;

import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * {@link TruncatedSvd} of a large dense matrix: an orthonormal basis of its range from a random start and power
 * iterations, and the exact decomposition within it. With a fixed seed, so the result is always the same; its error is
 * within a few per cent of the best possible, and far less where the singular values fall off.
 *
 * <p>Source: Halko, Martinsson and Tropp 2011, arXiv 0909.4061, algorithms 4.4 and 5.1.
 */
final class RandomizedSvd {
    private static final int OVERSAMPLING = 10;
    private static final int POWER_ITERATIONS = 4;
    private static final int EXACT_BELOW = 192;

    private RandomizedSvd() {}

    /** @param matrix [rows, columns], row by row */
    static TruncatedSvd of(float[] matrix, int rows, int columns, int rank) {
        if (Math.min(rows, columns) < EXACT_BELOW) {
            DMatrixRMaj dense = new DMatrixRMaj(rows, columns);
            for (int i = 0; i < matrix.length; i++) {
                dense.data[i] = matrix[i];
            }
            return TruncatedSvd.of(dense, rank);
        }
        int width = Math.min(rank + OVERSAMPLING, Math.min(rows, columns));
        DMatrixRMaj basis = orthonormal(times(matrix, rows, columns, start(columns, width)));
        for (int i = 0; i < POWER_ITERATIONS; i++) {
            DMatrixRMaj back = orthonormal(transposedTimes(matrix, rows, columns, basis));
            basis = orthonormal(times(matrix, rows, columns, back));
        }
        DMatrixRMaj within = CommonOps_DDRM.transpose(transposedTimes(matrix, rows, columns, basis), null);
        return TruncatedSvd.ofProduct(basis, within, rank);
    }

    private static DMatrixRMaj start(int rows, int columns) {
        SplittableRandom random = new SplittableRandom(0);
        DMatrixRMaj start = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < start.data.length; i++) {
            start.data[i] = random.nextGaussian();
        }
        return start;
    }

    private static DMatrixRMaj orthonormal(DMatrixRMaj matrix) {
        return TruncatedSvd.qr(matrix).getQ(null, true);
    }

    /** M·X. */
    private static DMatrixRMaj times(float[] matrix, int rows, int columns, DMatrixRMaj x) {
        DMatrixRMaj result = new DMatrixRMaj(rows, x.numCols);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                addRow(
                        matrix[row * columns + column],
                        x.data,
                        column * x.numCols,
                        result.data,
                        row * x.numCols,
                        x.numCols);
            }
        }
        return result;
    }

    /** Mᵀ·X. */
    private static DMatrixRMaj transposedTimes(float[] matrix, int rows, int columns, DMatrixRMaj x) {
        DMatrixRMaj result = new DMatrixRMaj(columns, x.numCols);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                addRow(
                        matrix[row * columns + column],
                        x.data,
                        row * x.numCols,
                        result.data,
                        column * x.numCols,
                        x.numCols);
            }
        }
        return result;
    }

    private static void addRow(double factor, double[] from, int fromAt, double[] to, int toAt, int count) {
        for (int i = 0; i < count; i++) {
            to[toAt + i] += factor * from[fromAt + i];
        }
    }
}
