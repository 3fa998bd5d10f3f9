package dev.lethe.weights.merge;

import dev.lethe.weights.safetensors.FloatBlocks;
import dev.lethe.weights.safetensors.TensorInfo;
import java.lang.foreign.MemorySegment;

/**
 * One input of a merge: a tensor of F32, F16 or BF16 and what it counts.
 *
 * @param info type and shape
 * @param data its bytes
 * @param weight factor on its values
 */
public record WeightedTensor(TensorInfo info, MemorySegment data, float weight) {
    /** Number of elements. */
    public long size() {
        return info.elements();
    }

    /** Reads {@code count} elements from {@code first} on into the start of {@code target}. */
    public void read(long first, float[] target, int count) {
        FloatBlocks.read(info.dtype(), data, first, target, count);
    }
}
