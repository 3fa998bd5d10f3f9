package dev.lethe.merge.method;

/** A method that must see all tensors of a model before it merges one. */
public interface WholeModelMethod extends MergeMethod {
    /** @param model all tensors, one after the other in the order of their names, as one */
    MergeMethod fit(TensorGroup model, Scan scan);

    @Override
    default PreparedMerge prepare(TensorGroup group, Scan scan) {
        return fit(group, scan).prepare(group, scan);
    }
}
