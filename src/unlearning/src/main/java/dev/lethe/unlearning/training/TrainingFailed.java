package dev.lethe.unlearning.training;

/** A run cannot give a usable model; another attempt with the same input would fail too. */
public final class TrainingFailed extends RuntimeException {
    /** Why. */
    public enum Reason {
        /** A loss term became infinite or not a number. */
        LOSS_NOT_FINITE,
        /** The trained weights ended where they began. */
        DID_NOT_MOVE
    }

    private final Reason reason;

    TrainingFailed(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
