package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.ObjectiveDescriptor;
import java.util.Set;
import java.util.SortedMap;

/** A loss of one micro-batch. Implementations are pure: all they change is the gradients of the trained weights. */
public interface Objective {
    /** What it is. */
    ObjectiveDescriptor descriptor();

    /** The sets of rows that it reads with its settings. */
    default Set<DataRole> roles() {
        return descriptor().roles();
    }

    /** Whether the rows to forget have refusals in place of their answers, one drawn anew for each row and epoch. */
    default boolean refuses() {
        return false;
    }

    /**
     * Computes the loss of a micro-batch and adds its gradient, multiplied by {@code scale}, to the trained weights.
     *
     * @param batch has rows of each of its roles
     * @return the terms of the loss, in the scope that is open
     */
    Terms accumulate(TrainingModels models, MicroBatch batch, double scale);

    /**
     * The loss of a micro-batch.
     *
     * @param total what is minimised
     * @param terms the parts of the total by name, not weighted
     */
    record Loss(double total, SortedMap<String, Double> terms) {}
}
