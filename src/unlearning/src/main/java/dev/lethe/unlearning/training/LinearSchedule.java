package dev.lethe.unlearning.training;

import dev.lethe.merge.InvalidInput;

/**
 * A learning rate that rises linearly from zero and falls linearly to zero, as
 * {@code transformers.get_linear_schedule_with_warmup}: the first step of a warm-up has rate 0 and changes nothing.
 *
 * @param steps of the run
 * @param warmup steps until the peak
 * @param peak the highest rate
 */
public record LinearSchedule(int steps, int warmup, double peak) {
    public LinearSchedule {
        if (steps == 1 && warmup > 0) {
            throw InvalidInput.at(
                    "training",
                    "warmupEpochs",
                    "a run whose only step has learning rate 0",
                    "more rows or epochs, or 0");
        }
    }

    /** The rate of a step, counted from 0. */
    public double rate(int step) {
        return step < warmup ? peak * step / warmup : peak * Math.max(0, steps - step) / Math.max(1, steps - warmup);
    }
}
