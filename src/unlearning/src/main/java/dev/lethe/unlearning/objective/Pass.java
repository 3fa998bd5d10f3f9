package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.model.TrainingPass;
import dev.lethe.unlearning.tensor.Tensor;

/** A forward pass of the trained model that waits for its loss. */
record Pass(States states, TrainingPass graph) {
    /** Adds the gradient of a scalar made from {@link #states} to the trained weights. */
    void descend(Tensor loss) {
        loss.backward();
        graph.backward();
    }
}
