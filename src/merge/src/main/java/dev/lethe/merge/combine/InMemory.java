package dev.lethe.merge.combine;

import dev.lethe.merge.method.Source;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;

/** A matrix that was computed. */
@SuppressWarnings("ArrayRecordComponent")
record InMemory(TensorInfo kind, float[] numbers) implements Source {
    static InMemory matrix(long rows, long columns, float[] numbers) {
        return new InMemory(TensorInfo.of(Dtype.F32, rows, columns), numbers);
    }

    @Override
    public void read(long first, float[] target, int count) {
        System.arraycopy(numbers, Math.toIntExact(first), target, 0, count);
    }
}
