package dev.lethe.merge.recipe;

import dev.lethe.merge.method.Source;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.Arrays;

/** Nothing but zeros, for a tensor that a model lacks. */
record Zeros(TensorInfo kind) implements Source {
    @Override
    public void read(long first, float[] target, int count) {
        Arrays.fill(target, 0, count, 0);
    }

    @Override
    public long bytes() {
        return 0;
    }
}
