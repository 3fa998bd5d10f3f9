package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same elements of base and inputs, block after block; for one thread. */
final class AlignedBlocks implements ElementScores.Reader {
    private final Dtype computeDtype;
    private final List<TensorSource> sources;
    private final @Nullable TensorSource from;
    private final float[][] inputs;
    private final float @Nullable [] base;

    /**
     * @param chunk the part that is read, from its start to its end
     * @param capacity elements of the largest block
     */
    AlignedBlocks(TensorGroup group, Chunk chunk, int capacity) {
        this.computeDtype = group.computeDtype();
        this.sources = group.inputs().stream()
                .map(source -> source.sequential(chunk.end()))
                .toList();
        this.from = group.base() == null ? null : group.base().sequential(chunk.end());
        this.inputs = new float[group.inputs().size()][capacity];
        this.base = group.base() == null ? null : new float[capacity];
    }

    /** Elements of the base; null where there is none. */
    float @Nullable [] base() {
        return base;
    }

    float[][] inputs() {
        return inputs;
    }

    /** Reads base and inputs as they are. */
    void readValues(long first, int count) {
        if (from != null && base != null) {
            from.read(first, base, count);
        }
        for (int i = 0; i < inputs.length; i++) {
            sources.get(i).read(first, inputs[i], count);
        }
    }

    /** Reads inputs as differences from the base, where there is one, rounded to the working type. */
    @Override
    public float[][] read(long first, int count) {
        readValues(first, count);
        if (base != null) {
            for (float[] input : inputs) {
                for (int j = 0; j < count; j++) {
                    input[j] -= base[j];
                }
                FloatBlocks.round(computeDtype, input, count);
            }
        }
        return inputs;
    }
}
