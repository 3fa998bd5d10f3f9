package dev.lethe.unlearning.objective;

import java.util.Set;
import java.util.SortedMap;

/** A loss of one micro-batch. Implementations are pure: all they change is the gradients of the trained weights. */
public interface Objective {
    /** The name that it is registered under. */
    String name();

    /** The sets of rows that it reads. */
    Set<DataRole> roles();

    /** Whether it compares with the model as it was before training. */
    boolean needsReference();

    /**
     * Computes the loss of a micro-batch and adds its gradient, multiplied by {@code scale}, to the trained weights.
     *
     * @param batch has the rows of every role of {@link #roles}
     */
    Loss accumulate(TrainingModels models, MicroBatch batch, double scale);

    /**
     * The loss of a micro-batch.
     *
     * @param total what is minimised
     * @param terms the parts of the total by name, not weighted
     */
    record Loss(double total, SortedMap<String, Double> terms) {}
}
