package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** What a run trains at each step, how fast, and when it ends. */
sealed interface Course extends AutoCloseable permits FixedCourse, ClosedLoop {
    /**
     * One step of the optimizer.
     *
     * @param batches whose losses are averaged
     * @param epoch counted from 1
     * @param attack the update under which rows are to be forgotten; empty where there is none
     */
    record Step(List<MicroBatch> batches, double rate, int epoch, Optional<Adapter> attack) {}

    /** What happens after a step. */
    enum Next {
        CONTINUE,
        /** A checkpoint is written. */
        SAVE,
        /** A checkpoint is written, and the weights are worth keeping beside the result. */
        KEEP,
        /** Weights and course go back to the last checkpoint, and from there more carefully. */
        STEP_BACK,
        END
    }

    /** Called before the first step of a run that has no checkpoint. */
    Next begin();

    /** The step after {@code done} others. */
    Step step(int done);

    /** Called once after each step, with the weights as they are now. */
    Next after(int done);

    /** The most steps that the run has. */
    int steps();

    /** Epochs done, with a fraction. */
    double epochs(int done);

    /** Whether a run that is stopped between two checkpoints may write one more. */
    boolean savesAnywhere();

    /** What a checkpoint keeps of it beside the number of steps. */
    JsonNode state();

    /** Continues from a checkpoint. */
    void resume(JsonNode state);

    /** Goes back to a checkpoint, more carefully from there. */
    void stepBack(JsonNode state);

    /** What was measured on the way; nothing where nothing is. */
    Optional<Trajectory> trajectory();

    /** What the course itself has to find again in a checkpoint, by name: the live tensors. */
    default SortedMap<String, Tensor> tensors() {
        return Collections.emptySortedMap();
    }

    @Override
    default void close() {}
}
