package dev.lethe.merge.combine;

import dev.lethe.merge.method.TensorSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A weight as DoRA has it (Liu et al. 2024, arXiv 2402.09353): V = W + s·B·A with lengths m of its own, (m/‖V‖)·V. A length
 * is of a row; of an embedding, whose weight is the transpose, of a column. Lengths are summed in float64 in a fixed
 * order, all else is float32 as in PEFT.
 */
final class DoraTensor implements TensorSource.Wrapper {
    private static final int BLOCK = 1 << 16;

    private final TensorSource sum;
    private final Factors factors;

    /** @param magnitude reads m: [rows], or [columns] where {@code byColumn} */
    DoraTensor(TensorSource sum, Supplier<float[]> magnitude, boolean byColumn) {
        this(sum, new Factors(sum, magnitude, byColumn));
    }

    private DoraTensor(TensorSource sum, Factors factors) {
        this.sum = sum;
        this.factors = factors;
    }

    @Override
    public TensorSource source() {
        return sum;
    }

    @Override
    public long cachedBytes() {
        return sum.cachedBytes() + (Double.BYTES + Float.BYTES) * factors.count();
    }

    @Override
    public void release() {
        factors.release();
        sum.release();
    }

    @Override
    public TensorSource sequential(long end) {
        return new DoraTensor(sum.sequential(end), factors);
    }

    @Override
    public void read(long first, float[] target, int count) {
        float[] known = factors.get();
        sum.read(first, target, count);
        for (int j = 0; j < count; j++) {
            target[j] *= known[factors.index(first + j)];
        }
    }

    /** m/‖V‖, computed from the whole of V on first use. */
    private static final class Factors {
        private final TensorSource sum;
        private final Supplier<float[]> magnitude;
        private final boolean byColumn;
        private final int columns;
        private float @Nullable [] known;

        Factors(TensorSource sum, Supplier<float[]> magnitude, boolean byColumn) {
            this.sum = sum;
            this.magnitude = magnitude;
            this.byColumn = byColumn;
            this.columns = Math.toIntExact(sum.info().dimensions().getLast());
        }

        int index(long element) {
            return Math.toIntExact(byColumn ? element % columns : element / columns);
        }

        long count() {
            return byColumn ? columns : sum.size() / columns;
        }

        synchronized float[] get() {
            float[] all = known;
            if (all == null) {
                all = magnitude.get();
                double[] squares = squares();
                for (int i = 0; i < all.length; i++) {
                    all[i] /= (float) Math.sqrt(squares[i]);
                }
                known = all;
            }
            return all;
        }

        private double[] squares() {
            double[] squares = new double[Math.toIntExact(count())];
            float[] block = new float[(int) Math.min(BLOCK, sum.size())];
            TensorSource forward = sum.sequential(sum.size());
            for (long first = 0; first < sum.size(); first += block.length) {
                int length = (int) Math.min(block.length, sum.size() - first);
                forward.read(first, block, length);
                for (int j = 0; j < length; j++) {
                    squares[index(first + j)] += (double) block[j] * block[j];
                }
            }
            return squares;
        }

        synchronized void release() {
            known = null;
        }
    }
}
