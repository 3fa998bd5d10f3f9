package dev.lethe.merge.method;

/** A way to make one tensor of several. */
public interface MergeMethod {
    Signature signature();

    /** Reads what must be known of whole tensors, at most {@code passes − 1} times. */
    PreparedMerge prepare(TensorGroup group, Scan scan);
}
