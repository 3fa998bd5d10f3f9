package dev.lethe.unlearning.training;

/** The run was asked to stop. It left a checkpoint of its last step, from which the same request continues. */
public final class TrainingCancelled extends RuntimeException {
    private final int step;

    TrainingCancelled(int step) {
        super("training: cancelled after step " + step + "; the same request continues from there");
        this.step = step;
    }

    /** Steps done. */
    public int step() {
        return step;
    }
}
