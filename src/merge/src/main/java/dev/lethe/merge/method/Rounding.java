package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;

/**
 * Rounds the result of a step to the nearest number of the compute type.
 *
 * @param computeDtype F32 rounds nothing, since the arithmetic is float32
 */
record Rounding(Dtype computeDtype) {
    static Rounding of(TensorGroup group) {
        return new Rounding(group.computeDtype());
    }

    float of(double value) {
        return FloatBlocks.round(computeDtype == Dtype.F64 ? Dtype.F32 : computeDtype, (float) value);
    }

    float[] of(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = of(values[i]);
        }
        return rounded;
    }

    void apply(float[] block, int count) {
        FloatBlocks.round(computeDtype, block, count);
    }

    /** block ← block · factor. */
    void scale(float[] block, float factor, int count) {
        for (int j = 0; j < count; j++) {
            block[j] *= factor;
        }
        apply(block, count);
    }

    /** sum ← Σ blocks, in float32 in their order, rounded once. */
    void sum(float[][] blocks, int count, float[] sum) {
        System.arraycopy(blocks[0], 0, sum, 0, count);
        for (int i = 1; i < blocks.length; i++) {
            float[] block = blocks[i];
            for (int j = 0; j < count; j++) {
                sum[j] += block[j];
            }
        }
        apply(sum, count);
    }

    /** sum ← base + sum. */
    void addBase(float[] base, float[] sum, int count) {
        for (int j = 0; j < count; j++) {
            sum[j] = base[j] + sum[j];
        }
        apply(sum, count);
    }
}
