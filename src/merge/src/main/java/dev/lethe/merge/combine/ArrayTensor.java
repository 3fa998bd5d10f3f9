package dev.lethe.merge.combine;

import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;

/** A tensor in memory. */
@SuppressWarnings("ArrayRecordComponent")
record ArrayTensor(TensorInfo info, float[] numbers) implements TensorSource {
    static ArrayTensor matrix(long rows, long columns, float[] numbers) {
        return new ArrayTensor(TensorInfo.of(Dtype.F32, rows, columns), numbers);
    }

    @Override
    public void read(long first, float[] target, int count) {
        System.arraycopy(numbers, Math.toIntExact(first), target, 0, count);
    }
}
