package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The result of a run.
 *
 * @param steps done, those before a continuation included
 * @param continuedFrom steps that a checkpoint had done before this process; 0 without one
 * @param losses of the last step
 * @param history of all steps, also in {@code losses.jsonl} of the output
 * @param trajectory what a closed loop measured, also in {@code trajectory.jsonl} of the output
 * @param movement how far the trained weights are from where they began (Euclidean norm), by group: {@code A} and
 *     {@code B} of an adapter, or {@code weights}
 * @param rows read, by role
 * @param tokens trained in this process, padding not counted
 * @param seconds that this process trained
 */
public record TrainingOutcome(
        int steps,
        int continuedFrom,
        StepLoss losses,
        LossHistory history,
        Optional<Trajectory> trajectory,
        SortedMap<String, Double> movement,
        SortedMap<DataRole, Integer> rows,
        long tokens,
        double seconds) {
    /** Tokens trained in a second by this process. */
    public double tokensPerSecond() {
        return seconds > 0 ? tokens / seconds : 0;
    }
}
