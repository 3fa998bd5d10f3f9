package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.Dtype;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The aligned tensors that are merged into one.
 *
 * @param tensor name of the result
 * @param shape of the result and of every source
 * @param base what differences are taken from; null where the method has none
 * @param inputs in the order of the configuration
 * @param options of the method, for this tensor
 * @param computeDtype the type that every step is rounded to; F32 for our semantics
 * @param seed of random methods
 */
public record TensorGroup(
        String tensor,
        List<Long> shape,
        @Nullable TensorSource base,
        List<TensorSource> inputs,
        Options options,
        Dtype computeDtype,
        long seed) {
    public TensorGroup {
        inputs = List.copyOf(inputs);
        shape = List.copyOf(shape);
    }

    /** The same group with other sources of the same numbers. */
    public TensorGroup withSources(@Nullable TensorSource newBase, List<TensorSource> newInputs) {
        return new TensorGroup(tensor, shape, newBase, newInputs, options, computeDtype, seed);
    }

    /** How the tensors are divided. */
    public Chunking chunking() {
        return Chunking.of(shape);
    }
}
