package dev.lethe.merge.method;

/** A way to make one tensor of several. */
public interface Method {
    Signature signature();

    /** Reads what must be known of whole tensors, at most {@code passes − 1} times. */
    Prepared prepare(Group group, Sweep sweep);
}
