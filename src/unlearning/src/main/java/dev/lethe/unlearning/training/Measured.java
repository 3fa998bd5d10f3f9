package dev.lethe.unlearning.training;

/**
 * What a closed loop saw at a step: a line of {@code trajectory.jsonl}.
 *
 * @param step steps done
 * @param learningRate of the steps that follow
 * @param forgetting the factor of the forget term's weight in the steps that follow
 * @param attack the relearning attack under which the rows to forget were measured, counted from 1; 0 where there was none
 * @param saw what the rows say
 * @param did what the loop did about it
 */
public record Measured(int step, double learningRate, double forgetting, int attack, Observation saw, Decision did) {

    /** What a closed loop decides at a measurement. */
    public enum Decision {
        /** Goes on as before. */
        CONTINUE,
        /** Goes on faster: nothing is lost, and too little is forgotten. */
        FASTER,
        /** Goes on with less weight on forgetting: the retain rows suffer. */
        GENTLER,
        /** Learns only the retain rows: all is forgotten, and they have suffered. */
        REPAIR,
        /** Goes back to the last good checkpoint: the retain rows suffer much. */
        STEP_BACK,
        /** Ends: the target holds. */
        DONE,
        /** Ends without the target: all steps are done. */
        GAVE_UP
    }
}
