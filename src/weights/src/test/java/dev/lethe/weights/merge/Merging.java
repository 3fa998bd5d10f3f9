package dev.lethe.weights.merge;

import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.Fixtures.Numbers;
import java.util.ArrayList;
import java.util.List;

/** Runs a method on vectors, for tests. */
final class Merging {
    private Merging() {}

    static float[] merge(MergeMethod method, List<Float> weights, float[]... vectors) {
        return blocks(prepare(method, Dtype.F32, weights, vectors), vectors[0].length);
    }

    static TensorMerge prepare(MergeMethod method, Dtype dtype, List<Float> weights, float[]... vectors) {
        List<WeightedTensor> inputs = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            Numbers numbers = Numbers.of(dtype, new long[] {vectors[i].length}, vectors[i]);
            inputs.add(new WeightedTensor(numbers.kind(), numbers.bytes(), weights.get(i)));
        }
        return method.prepare(inputs, 0);
    }

    static float[] blocks(TensorMerge merge, int size) {
        float[] result = new float[size];
        float[] block = new float[TensorMerge.BLOCK];
        for (int first = 0; first < size; first += TensorMerge.BLOCK) {
            int count = Math.min(TensorMerge.BLOCK, size - first);
            merge.merge(first, count, block);
            System.arraycopy(block, 0, result, first, count);
        }
        return result;
    }

    static float[] numbers(String text) {
        String[] parts = text.replace('−', '-').trim().split("[ ,]+", -1);
        float[] values = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            values[i] = Float.parseFloat(parts[i]);
        }
        return values;
    }
}
