package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.Dtype;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The aligned tensors that become one.
 *
 * @param tensor name of the result
 * @param shape of the result and of every source
 * @param base what differences are taken from; null where the method has none
 * @param inputs in the order of the configuration
 * @param options of the method, for this tensor
 * @param work the type that every step is rounded to; F32 for our semantics
 * @param seed of random methods
 */
public record Group(
        String tensor,
        List<Long> shape,
        @Nullable Source base,
        List<Source> inputs,
        Options options,
        Dtype work,
        long seed) {
    public Group {
        inputs = List.copyOf(inputs);
        shape = List.copyOf(shape);
    }

    /** The same with sources that stand for its own. */
    public Group withSources(@Nullable Source newBase, List<Source> newInputs) {
        return new Group(tensor, shape, newBase, newInputs, options, work, seed);
    }

    /** How the tensors are divided. */
    public Pieces pieces() {
        return Pieces.of(shape);
    }
}
