package dev.lethe.weights.merge;

import dev.lethe.weights.safetensors.Dtype;
import java.util.List;

/**
 * What a merge did, apart from the weights: enough to see that two merges are the same, and how rough one was.
 *
 * @param settings method and options
 * @param inputs in the order of the merge
 * @param tensors sorted by name
 * @param digest digest of the folder that was written
 */
public record MergeManifest(MergeSettings settings, List<Input> inputs, List<Tensor> tensors, String digest) {
    /**
     * @param name what the user calls it
     * @param digest digest of its folder
     * @param weight its weight in the merge
     */
    public record Input(String name, String digest, double weight) {}

    /**
     * One merged tensor.
     *
     * @param inputs names of the inputs that have it; the lists below are in this order
     * @param kept elements of each input that survived trimming
     * @param ties elements of each input with the magnitude of its cut, where only some could be kept
     * @param cancellations elements whose votes cancelled exactly, so that plus was elected
     */
    public record Tensor(
            String name,
            Dtype dtype,
            List<Long> shape,
            List<String> inputs,
            List<Long> kept,
            List<Long> ties,
            long cancellations) {}
}
