package dev.lethe.unlearning.training;

import dev.lethe.unlearning.training.Measured.Decision;

/**
 * What one forward pass over the rows says: losses in nats per token, exact memorisation as a share of an answer's tokens.
 *
 * @param standing rows to forget that do not yet meet the target
 * @param forgetExact mean exact memorisation of the rows to forget, of the tokens that no retain row tells
 * @param forgetWorst the highest one of a row
 * @param forgetLoss their mean loss
 * @param retainExact mean exact memorisation of the retain rows that are watched
 * @param retainLoss their mean loss
 */
public record Observation(
        int standing,
        double forgetExact,
        double forgetWorst,
        double forgetLoss,
        double retainExact,
        double retainLoss) {
    /** A mean loss of the rows to forget that rises by less than this from one measurement to the next is too slow. */
    private static final double TOO_SLOW = 0.2;

    /** Retain rows suffer much where their loss rises by so many times what it may. */
    private static final double MUCH = 10;

    /** Of what the retain rows may lose while rows are forgotten, a run that ends may have lost this share. */
    private static final double AT_THE_END = 0.5;

    /** Whether the retain rows are as good as they have to be. */
    boolean keeps(TrainingTarget target, Observation base) {
        return losesAtMost(target, base, 1);
    }

    /** @param share of what may be lost */
    private boolean losesAtMost(TrainingTarget target, Observation base, double share) {
        return rise(base) <= share * target.retainLoss()
                && retainExact >= (1 - share * (1 - target.retainExact())) * base.retainExact;
    }

    /**
     * What to do about it.
     *
     * @param base before the first step
     * @param before at the measurement before
     * @param repairing whether only retain rows were learned since then
     * @param last whether no step is left
     */
    Decision decide(TrainingTarget target, Observation base, Observation before, boolean repairing, boolean last) {
        boolean kept = keeps(target, base);
        if (standing == 0 && losesAtMost(target, base, AT_THE_END)) {
            return Decision.DONE;
        }
        if (last) {
            return Decision.GAVE_UP;
        }
        if (rise(base) > MUCH * target.retainLoss()) {
            return Decision.STEP_BACK;
        }
        if (standing == 0) {
            return Decision.REPAIR;
        }
        if (!kept) {
            return Decision.GENTLER;
        }
        return !repairing && forgetLoss - before.forgetLoss < TOO_SLOW ? Decision.FASTER : Decision.CONTINUE;
    }

    private double rise(Observation base) {
        return retainLoss - base.retainLoss;
    }
}
