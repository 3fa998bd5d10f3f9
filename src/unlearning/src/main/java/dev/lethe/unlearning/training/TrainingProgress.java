package dev.lethe.unlearning.training;

import java.util.OptionalInt;

/** Called after every step, on the training thread. */
@FunctionalInterface
public interface TrainingProgress {
    /** Ignores the progress. */
    TrainingProgress NONE = _ -> {};

    /**
     * How far a run is.
     *
     * @param step steps done
     * @param steps of the run
     * @param epoch epochs done, with a fraction
     * @param loss the total loss of the last step
     * @param tokensPerSecond rate since this process began, padding not counted
     * @param standing rows that are not yet forgotten, as last measured; empty where no target ends the run, which then has all of
     *     its steps
     */
    record Update(int step, int steps, double epoch, double loss, double tokensPerSecond, OptionalInt standing) {}

    void stepped(Update update);

    /** Something that is no error but worth a look; a line. */
    default void noted(String note) {}
}
