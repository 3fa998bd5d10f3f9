package dev.lethe.weights.method;

import dev.lethe.weights.safetensors.FloatBlocks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same elements of base and inputs, block after block; for one thread. */
final class AlignedBlocks implements Derived.Reader {
    private final Group group;
    private final float[][] inputs;
    private final float @Nullable [] base;

    /** @param capacity elements of the largest block */
    AlignedBlocks(Group group, int capacity) {
        this.group = group;
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
        Source from = group.base();
        if (from != null && base != null) {
            from.read(first, base, count);
        }
        List<Source> sources = group.inputs();
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
                FloatBlocks.round(group.work(), input, count);
            }
        }
        return inputs;
    }
}
