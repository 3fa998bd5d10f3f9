package dev.lethe.unlearning.objective;

import dev.lethe.catalog.ObjectiveDescriptor;
import java.util.SortedMap;

/** A loss of one micro-batch. Implementations are pure: all they change is the gradients of the trained weights. */
public interface Objective {
    /** What it is, and what it reads. */
    ObjectiveDescriptor descriptor();

    /**
     * Computes the loss of a micro-batch and adds its gradient, multiplied by {@code scale}, to the trained weights.
     *
     * @param batch has the rows of every role of its descriptor
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
