package dev.lethe.weights.merge;

import dev.lethe.weights.InvalidInput;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A way to make one tensor of several, and so one LoRA adapter of several. The formulas are PEFT's
 * ({@code add_weighted_adapter}, {@code peft.utils.merge_utils}, release 0.21), to the bit for up to four inputs without
 * equal magnitudes at the cut; sums run in float32 in the order of the inputs, nothing is fused, and the result is
 * rounded once.
 */
public interface MergeMethod {
    /**
     * What the factors of a contribution s·B·A are multiplied by.
     *
     * @param a for A
     * @param b for B; a · b is s
     */
    record FactorWeights(float a, float b) {}

    /** Splits s, which is weight times scaling and may be negative, between the factors. */
    FactorWeights split(double s);

    /**
     * The shape of the merged tensor.
     *
     * @param axis the axis along which a method that joins tensors joins them
     * @throws InvalidInput where these shapes cannot be merged; {@code where} names the tensor
     */
    List<Long> mergedShape(String where, List<List<Long>> shapes, int axis);

    /** Reads what must be known of whole tensors, such as where to cut, and returns the merge of their blocks. */
    TensorMerge prepare(List<WeightedTensor> inputs, int axis);

    /**
     * The method that the settings name, with their options.
     *
     * <ul>
     *   <li>{@code ties}: trim by magnitude, elect signs, mean of what agrees (Yadav et al., arXiv 2306.01708)
     *   <li>{@code linear}: weighted sum of the factors, a rough approximation of the sum of the products
     *   <li>{@code magnitude_prune}: trim by magnitude, then the weighted sum
     *   <li>{@code cat}: join the factors along the rank, which is exactly the weighted sum of the products
     * </ul>
     *
     * @throws InvalidInput where the name is unknown, or an option is missing, out of bounds or of another method
     */
    static MergeMethod of(MergeSettings settings) {
        MergeOptions options = new MergeOptions(settings);
        MergeMethod method =
                switch (settings.method()) {
                    case "ties" ->
                        new Elementwise(
                                new MagnitudePruning(options.density()), new DisjointMean(options.majoritySign()));
                    case "linear" -> new Elementwise(Pruning.NONE, new WeightedSum());
                    case "magnitude_prune" ->
                        new Elementwise(new MagnitudePruning(options.density()), new WeightedSum());
                    case "cat" -> new Concatenation();
                    default ->
                        throw InvalidInput.at(
                                "merge", "method", settings.method(), "one of " + String.join(", ", names()));
                };
        options.refuseUnused();
        return method;
    }

    /** The names of all methods, sorted. */
    static SortedSet<String> names() {
        return new TreeSet<>(List.of("ties", "linear", "magnitude_prune", "cat"));
    }
}
