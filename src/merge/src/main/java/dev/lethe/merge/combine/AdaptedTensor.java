package dev.lethe.merge.combine;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.adapter.LoraModule.Factor;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A weight W as an adapter changes it: W + s·(L·R), where L is [rows, rank] and R is [rank, columns]: B and A of a linear
 * module, or the transposes of A and B of an embedding. All in float32: the products summed over the rank, then times s,
 * then added. Only the blocks that are asked for are computed.
 */
final class AdaptedTensor implements TensorSource {
    /** Rows of R that one pass over a row of W adds: with fewer passes the sums stay in registers longer. */
    private static final int UNROLLED = 4;

    private final TensorSource weight;
    private final DeltaWeight delta;

    AdaptedTensor(TensorSource weight, AdapterFolder adapter, LoraModule module) {
        this(weight, new DeltaWeight(adapter, module, weight.info()));
    }

    /** The weight as the module changes it, with DoRA's lengths where it has them. */
    static TensorSource of(TensorSource weight, AdapterFolder adapter, LoraModule module) {
        AdaptedTensor sum = new AdaptedTensor(weight, adapter, module);
        Factor magnitude = module.magnitude();
        return magnitude == null ? sum : new DoraTensor(sum, () -> adapter.numbers(magnitude), module.embedding());
    }

    private AdaptedTensor(TensorSource weight, DeltaWeight delta) {
        this.weight = weight;
        this.delta = delta;
    }

    @Override
    public TensorInfo info() {
        return weight.info();
    }

    @Override
    public long bytes() {
        return weight.bytes();
    }

    @Override
    public long cachedBytes() {
        return weight.cachedBytes() + delta.bytes();
    }

    @Override
    public void release() {
        delta.release();
        weight.release();
    }

    @Override
    public TensorSource sequential(long end) {
        return new AdaptedTensor(weight.sequential(end), delta);
    }

    @Override
    public void read(long first, float[] target, int count) {
        weight.read(first, target, count);
        float[] change = delta.read(first, count);
        for (int j = 0; j < count; j++) {
            target[j] += change[j];
        }
    }

    /** PEFT's delta weight s·(L·R). Only the requested blocks are computed; the factors are read on first use. */
    private static final class DeltaWeight {
        private final AdapterFolder adapter;
        private final LoraModule module;
        private final int columns;
        private @Nullable Factors factors;

        DeltaWeight(AdapterFolder adapter, LoraModule module, TensorInfo info) {
            this.adapter = adapter;
            this.module = module;
            this.columns = Math.toIntExact(info.dimensions().getLast());
        }

        /**
         * @param left [rows, rank]
         * @param right [rank][columns]
         */
        @SuppressWarnings("ArrayRecordComponent")
        private record Factors(float[] left, float[][] right) {}

        long bytes() {
            return Float.BYTES
                    * (module.a().info().elements() + module.b().info().elements());
        }

        float[] read(long first, int count) {
            Factors both = factors();
            float scaling = (float) module.scaling();
            float[] result = new float[count];
            float[] sums = new float[columns];
            for (int done = 0; done < count; ) {
                int row = Math.toIntExact((first + done) / columns);
                int from = (int) ((first + done) % columns);
                int to = Math.min(columns, from + count - done);
                Arrays.fill(sums, from, to, 0);
                addProducts(both, row * module.rank(), from, to, sums);
                for (int j = from; j < to; j++) {
                    sums[j] *= scaling;
                }
                System.arraycopy(sums, from, result, done, to - from);
                done += to - from;
            }
            return result;
        }

        private void addProducts(Factors both, int at, int from, int to, float[] sums) {
            int rank = module.rank();
            float[] left = both.left();
            float[][] right = both.right();
            int k = 0;
            for (; k + UNROLLED <= rank; k += UNROLLED) {
                addFour(left, at + k, right, k, from, to, sums);
            }
            for (; k < rank; k++) {
                float l = left[at + k];
                float[] r = right[k];
                for (int j = from; j < to; j++) {
                    sums[j] += l * r[j];
                }
            }
        }

        /** All arrays share one index: the compiler vectorises only such loops. */
        private static void addFour(float[] left, int at, float[][] right, int k, int from, int to, float[] sums) {
            float l0 = left[at];
            float l1 = left[at + 1];
            float l2 = left[at + 2];
            float l3 = left[at + 3];
            float[] r0 = right[k];
            float[] r1 = right[k + 1];
            float[] r2 = right[k + 2];
            float[] r3 = right[k + 3];
            for (int j = from; j < to; j++) {
                float sum = sums[j] + l0 * r0[j];
                sum += l1 * r1[j];
                sum += l2 * r2[j];
                sums[j] = sum + l3 * r3[j];
            }
        }

        synchronized void release() {
            factors = null;
        }

        private synchronized Factors factors() {
            Factors both = factors;
            if (both == null) {
                float[] a = adapter.numbers(module.a());
                float[] b = adapter.numbers(module.b());
                both = module.embedding()
                        ? new Factors(transposed(a, module.rank()), rows(transposed(b, columns)))
                        : new Factors(b, rows(a));
                factors = both;
            }
            return both;
        }

        private float[][] rows(float[] matrix) {
            float[][] rows = new float[matrix.length / columns][];
            for (int k = 0; k < rows.length; k++) {
                rows[k] = Arrays.copyOfRange(matrix, k * columns, (k + 1) * columns);
            }
            return rows;
        }

        /** @param rows of the matrix that is given */
        private static float[] transposed(float[] matrix, int rows) {
            int width = matrix.length / rows;
            float[] result = new float[matrix.length];
            for (int i = 0; i < matrix.length; i++) {
                result[i % width * rows + i / width] = matrix[i];
            }
            return result;
        }
    }
}
