package dev.lethe.merge.combine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The best approximation of a matrix at a rank: B = U·Σ and A = Vᵀ of its largest singular values, in float64. The
 * largest entry of each column of U is positive, so that one matrix has one result.
 *
 * @param b [rows, rank], row by row
 * @param a [rank, columns], row by row
 */
@SuppressWarnings("ArrayRecordComponent")
record TruncatedSvd(double[] b, double[] a, int rank) {
    /** Of L·R exactly, without computing it: QR of both, and the SVD of the small matrix between them. */
    static TruncatedSvd ofProduct(DMatrixRMaj left, DMatrixRMaj right, int rank) {
        DMatrixRMaj rightTransposed = CommonOps_DDRM.transpose(right, null);
        QRDecomposition<DMatrixRMaj> qrLeft = qr(left);
        QRDecomposition<DMatrixRMaj> qrRight = qr(rightTransposed);
        DMatrixRMaj core = CommonOps_DDRM.multTransB(qrLeft.getR(null, true), qrRight.getR(null, true), null);
        Svd svd = svd(core);
        DMatrixRMaj u = CommonOps_DDRM.mult(qrLeft.getQ(null, true), svd.u(), null);
        DMatrixRMaj v = CommonOps_DDRM.mult(qrRight.getQ(null, true), svd.v(), null);
        return cut(new Svd(u, svd.values(), v), rank);
    }

    /** Of a matrix as it is, exactly; for small ones. */
    static TruncatedSvd of(DMatrixRMaj matrix, int rank) {
        return cut(svd(matrix), rank);
    }

    /** Columns of U and V belong to the values in descending order. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Svd(DMatrixRMaj u, double[] values, DMatrixRMaj v) {}

    static QRDecomposition<DMatrixRMaj> qr(DMatrixRMaj matrix) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
        if (!qr.decompose(matrix.copy())) {
            throw new IllegalStateException("the QR decomposition of finite numbers does not fail");
        }
        return qr;
    }

    private static Svd svd(DMatrixRMaj matrix) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, true, true, true);
        if (!svd.decompose(matrix.copy())) {
            throw new IllegalStateException("the singular value decomposition did not converge");
        }
        double[] values = Arrays.copyOf(svd.getSingularValues(), svd.numberOfSingularValues());
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        double[] sorted = Arrays.stream(order).mapToDouble(i -> values[i]).toArray();
        return new Svd(columns(svd.getU(null, false), order), sorted, columns(svd.getV(null, false), order));
    }

    private static DMatrixRMaj columns(DMatrixRMaj matrix, int[] order) {
        DMatrixRMaj result = new DMatrixRMaj(matrix.numRows, order.length);
        for (int row = 0; row < matrix.numRows; row++) {
            for (int column = 0; column < order.length; column++) {
                result.set(row, column, matrix.get(row, order[column]));
            }
        }
        return result;
    }

    /** Where the matrix has fewer values than the rank, the rest of the factors is 0. */
    private static TruncatedSvd cut(Svd svd, int rank) {
        int rows = svd.u().numRows;
        int columns = svd.v().numRows;
        double[] b = new double[rows * rank];
        double[] a = new double[rank * columns];
        for (int k = 0; k < Math.min(rank, svd.values().length); k++) {
            double sign = sign(svd.u(), k);
            for (int row = 0; row < rows; row++) {
                b[row * rank + k] = sign * svd.u().get(row, k) * svd.values()[k];
            }
            for (int column = 0; column < columns; column++) {
                a[k * columns + column] = sign * svd.v().get(column, k);
            }
        }
        return new TruncatedSvd(b, a, rank);
    }

    private static double sign(DMatrixRMaj u, int column) {
        double largest = 0;
        for (int row = 0; row < u.numRows; row++) {
            double value = u.get(row, column);
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        return largest < 0 ? -1 : 1;
    }

    /** Clamps every entry to plus or minus the quantile of all entries. */
    TruncatedSvd clamped(double quantile) {
        double[] all = new double[a.length + b.length];
        System.arraycopy(b, 0, all, 0, b.length);
        System.arraycopy(a, 0, all, b.length, a.length);
        Arrays.sort(all);
        double position = quantile * (all.length - 1);
        int below = (int) position;
        int above = Math.min(all.length - 1, below + 1);
        double high = all[below] + (position - below) * (all[above] - all[below]);
        return new TruncatedSvd(clamped(b, high), clamped(a, high), rank);
    }

    private static double[] clamped(double[] values, double high) {
        double bound = Math.max(0, high);
        return Arrays.stream(values)
                .map(value -> Math.clamp(value, -bound, bound))
                .toArray();
    }
}
