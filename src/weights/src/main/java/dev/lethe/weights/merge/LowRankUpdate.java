package dev.lethe.weights.merge;

import dev.lethe.weights.adapter.AdapterFolder;
import dev.lethe.weights.adapter.LoraModule;
import dev.lethe.weights.adapter.LoraModule.Factor;
import dev.lethe.weights.safetensors.FloatBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * W + s·(L·R) for some rows of W, where L is [rows, rank] and R is [rank, columns]: B and A of a linear module, or the
 * transposes of A and B of an embedding. All in float32: the products summed over the rank, then times s, then added.
 */
final class LowRankUpdate {
    /** Rows of R that one pass over a row of W takes: fewer passes, so the sums stay in registers longer. */
    private static final int UNROLLED = 4;

    private final int rank;
    private final float scaling;
    private final float[] left;
    private final float[] right;

    private LowRankUpdate(int rank, float scaling, float[] left, float[] right) {
        this.rank = rank;
        this.scaling = scaling;
        this.left = left;
        this.right = right;
    }

    /** Reads what rows [{@code firstRow}, {@code firstRow + rows}) need. */
    static LowRankUpdate ofRows(AdapterFolder adapter, LoraModule module, long firstRow, int rows) {
        int rank = module.rank();
        float[] left = new float[rows * rank];
        float[] right;
        if (module.embedding()) {
            right = transposed(all(adapter, module.b()), rank);
            float[] part = new float[rows];
            long vocabulary = module.a().info().dimensions().getLast();
            for (int k = 0; k < rank; k++) {
                read(adapter, module.a(), k * vocabulary + firstRow, part, rows);
                for (int row = 0; row < rows; row++) {
                    left[row * rank + k] = part[row];
                }
            }
        } else {
            right = all(adapter, module.a());
            read(adapter, module.b(), firstRow * rank, left, rows * rank);
        }
        return new LowRankUpdate(rank, (float) module.scaling(), left, right);
    }

    /** Adds the update to rows of W in place; {@code weights} begins with the first row. */
    void addTo(float[] weights) {
        int columns = right.length / rank;
        int rows = left.length / rank;
        float[] sums = new float[columns];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(sums, 0);
            int k = 0;
            for (; k + UNROLLED <= rank; k += UNROLLED) {
                addFour(sums, row * rank + k, k * columns);
            }
            for (; k < rank; k++) {
                addOne(sums, left[row * rank + k], k * columns);
            }
            int start = row * columns;
            for (int j = 0; j < columns; j++) {
                weights[start + j] += scaling * sums[j];
            }
        }
    }

    private void addFour(float[] sums, int at, int from) {
        float l0 = left[at];
        float l1 = left[at + 1];
        float l2 = left[at + 2];
        float l3 = left[at + 3];
        int columns = sums.length;
        for (int j = 0; j < columns; j++) {
            float sum = sums[j] + l0 * right[from + j];
            sum += l1 * right[from + columns + j];
            sum += l2 * right[from + 2 * columns + j];
            sums[j] = sum + l3 * right[from + 3 * columns + j];
        }
    }

    private void addOne(float[] sums, float l, int from) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] += l * right[from + j];
        }
    }

    private static float[] all(AdapterFolder adapter, Factor factor) {
        return FloatBlocks.readAll(factor.info().dtype(), adapter.data(factor));
    }

    private static void read(AdapterFolder adapter, Factor factor, long first, float[] target, int count) {
        MemorySegment data = adapter.data(factor);
        FloatBlocks.read(factor.info().dtype(), data, first, target, count);
    }

    private static float[] transposed(float[] matrix, int columns) {
        int rows = matrix.length / columns;
        float[] result = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            result[i % columns * rows + i / columns] = matrix[i];
        }
        return result;
    }
}
