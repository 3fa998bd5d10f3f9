package dev.lethe.unlearning.training;

import dev.lethe.unlearning.training.Measured.Decision;

/**
 * How fast a closed loop trains.
 *
 * @param rate the learning rate
 * @param forgetting the factor of the forget term's weight, at most 1
 */
record Pace(double rate, double forgetting) {
    private static final double FASTER = 1.5;
    private static final double SLOWER = 0.75;
    private static final double LIGHTER = 0.5;
    private static final double HEAVIER = 1.25;
    private static final double LIGHTEST = 1.0 / 32;

    /** How far the rate may leave the one that was set, as a factor. */
    private static final double RANGE = 8;

    static Pace of(double rate) {
        return new Pace(rate, 1);
    }

    /** @param set the rate that was set */
    Pace after(Decision decision, double set) {
        return switch (decision) {
            case FASTER -> new Pace(Math.min(rate * FASTER, set * RANGE), heavier());
            case CONTINUE -> new Pace(rate, heavier());
            case GENTLER -> new Pace(slower(SLOWER, set), lighter(LIGHTER));
            case STEP_BACK -> new Pace(slower(SLOWER * SLOWER, set), lighter(LIGHTER * LIGHTER));
            case REPAIR -> new Pace(slower(SLOWER, set), forgetting);
            case DONE, GAVE_UP -> this;
        };
    }

    private double slower(double factor, double set) {
        return Math.max(rate * factor, set / RANGE);
    }

    private double lighter(double factor) {
        return Math.max(forgetting * factor, LIGHTEST);
    }

    private double heavier() {
        return Math.min(1, forgetting * HEAVIER);
    }
}
