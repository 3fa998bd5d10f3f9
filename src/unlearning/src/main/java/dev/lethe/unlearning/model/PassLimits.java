package dev.lethe.unlearning.model;

import java.util.Optional;

/**
 * What a training pass may keep in memory. No limit changes a loss or a gradient, but for rounding; each costs another forward
 * pass.
 *
 * @param rows of a batch that go through the layers at once; the loss is that of the whole batch all the same
 * @param checkpointing whether layers are computed again on the way back (gradient checkpointing)
 */
public record PassLimits(int rows, boolean checkpointing) {
    /** Everything is kept. */
    public static final PassLimits NONE = new PassLimits(Integer.MAX_VALUE, false);

    public PassLimits {
        if (rows < 1) {
            throw new IllegalArgumentException("rows: found %d, expected at least 1".formatted(rows));
        }
    }

    /** Of whole batches. */
    public static PassLimits of(boolean checkpointing) {
        return new PassLimits(Integer.MAX_VALUE, checkpointing);
    }

    /**
     * The next to try where these were not enough: checkpointing first, which frees the most, then half as many rows at once.
     *
     * @param largest rows of the largest batch
     * @return nothing where one row is already computed by itself
     */
    public Optional<PassLimits> tighter(int largest) {
        if (!checkpointing) {
            return Optional.of(new PassLimits(rows, true));
        }
        int now = Math.min(rows, largest);
        return now > 1 ? Optional.of(new PassLimits(Math.ceilDiv(now, 2), true)) : Optional.empty();
    }
}
