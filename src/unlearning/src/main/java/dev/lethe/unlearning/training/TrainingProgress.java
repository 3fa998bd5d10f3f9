package dev.lethe.unlearning.training;

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
     */
    record Update(int step, int steps, double epoch, double loss, double tokensPerSecond) {}

    void stepped(Update update);
}
