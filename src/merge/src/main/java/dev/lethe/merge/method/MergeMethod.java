package dev.lethe.merge.method;

/** Merges several tensors into one. */
public interface MergeMethod {
    Signature signature();

    /** Computes what must be known of whole tensors, in at most {@code passes − 1} reads. */
    PreparedMerge prepare(TensorGroup group, Scan scan);
}
