package dev.lethe.weights.merge;

/** Decides which elements of a tensor count; the others become 0. */
@FunctionalInterface
public interface Pruning {
    /** Keeps everything. */
    Pruning NONE = tensor -> Cut.keepAll(tensor.size());

    /** Reads a tensor and says where to cut it. */
    Cut cut(WeightedTensor tensor);
}
