package dev.lethe.weights.merge;

import dev.lethe.weights.adapter.AdapterFolder;
import dev.lethe.weights.adapter.LoraModule;
import dev.lethe.weights.adapter.LoraModule.Factor;
import dev.lethe.weights.method.Source;
import dev.lethe.weights.safetensors.FloatBlocks;
import dev.lethe.weights.safetensors.TensorInfo;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A weight W as an adapter changes it: W + s·(L·R), where L is [rows, rank] and R is [rank, columns]: B and A of a linear
 * module, or the transposes of A and B of an embedding. All in float32: the products summed over the rank, then times s,
 * then added. Only the blocks that are asked for are computed.
 */
public final class Adapted implements Source {
    /** Rows of R that one pass over a row of W takes: fewer passes, so the sums stay in registers longer. */
    private static final int UNROLLED = 4;

    private final Source weight;
    private final AdapterFolder adapter;
    private final LoraModule module;
    private final int columns;
    private @Nullable Factors factors;

    public Adapted(Source weight, AdapterFolder adapter, LoraModule module) {
        this.weight = weight;
        this.adapter = adapter;
        this.module = module;
        this.columns = Math.toIntExact(weight.kind().dimensions().getLast());
    }

    /**
     * @param left [rows, rank]
     * @param right [rank, columns]
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Factors(float[] left, float[] right) {}

    @Override
    public TensorInfo kind() {
        return weight.kind();
    }

    @Override
    public long bytes() {
        return weight.bytes();
    }

    @Override
    public long retained() {
        return weight.retained()
                + Float.BYTES
                        * (module.a().info().elements() + module.b().info().elements());
    }

    @Override
    public synchronized void release() {
        factors = null;
        weight.release();
    }

    @Override
    public void read(long first, float[] target, int count) {
        weight.read(first, target, count);
        Factors both = factors();
        float[] sums = new float[Math.min(columns, count)];
        for (int done = 0; done < count; ) {
            int row = Math.toIntExact((first + done) / columns);
            int column = (int) ((first + done) % columns);
            int length = Math.min(columns - column, count - done);
            Arrays.fill(sums, 0, length, 0);
            addProducts(both, row * module.rank(), column, length, sums);
            float scaling = (float) module.scaling();
            for (int j = 0; j < length; j++) {
                target[done + j] += scaling * sums[j];
            }
            done += length;
        }
    }

    private void addProducts(Factors both, int at, int column, int length, float[] sums) {
        int rank = module.rank();
        int k = 0;
        for (; k + UNROLLED <= rank; k += UNROLLED) {
            addFour(both, at + k, k * columns + column, length, sums);
        }
        for (; k < rank; k++) {
            float l = both.left()[at + k];
            int from = k * columns + column;
            for (int j = 0; j < length; j++) {
                sums[j] += l * both.right()[from + j];
            }
        }
    }

    private void addFour(Factors both, int at, int from, int length, float[] sums) {
        float[] right = both.right();
        float l0 = both.left()[at];
        float l1 = both.left()[at + 1];
        float l2 = both.left()[at + 2];
        float l3 = both.left()[at + 3];
        int from1 = from + columns;
        int from2 = from1 + columns;
        int from3 = from2 + columns;
        for (int j = 0; j < length; j++) {
            float sum = sums[j] + l0 * right[from + j];
            sum += l1 * right[from1 + j];
            sum += l2 * right[from2 + j];
            sums[j] = sum + l3 * right[from3 + j];
        }
    }

    private synchronized Factors factors() {
        Factors both = factors;
        if (both == null) {
            both = module.embedding()
                    ? new Factors(transposed(all(module.a()), module.rank()), transposed(all(module.b()), columns))
                    : new Factors(all(module.b()), all(module.a()));
            factors = both;
        }
        return both;
    }

    private float[] all(Factor factor) {
        return FloatBlocks.readAll(factor.info().dtype(), adapter.data(factor));
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
