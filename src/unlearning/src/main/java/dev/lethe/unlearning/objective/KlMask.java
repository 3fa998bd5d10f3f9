package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.stream.LongStream;

/** The positions of the retain batch that the KL term averages over. */
public enum KlMask {
    /**
     * Every position of the padded batch, padding included, as ZJUKLAB's code does: a short row's divergence is diluted
     * by its padding.
     */
    ALL,
    /** Positions of tokens. */
    NON_PAD,
    /** Positions that predict a token of an answer. */
    ANSWER;

    /**
     * The average of a value over these positions of {@code batch}.
     *
     * @param values at {@link #positions}, f32 [n]
     */
    Tensor average(Tensor values, RowBatch batch) {
        if (this != ALL || batch.folded() <= 1) {
            return values.mean();
        }
        float[] weights = batch.weights();
        double total = (double) batch.rows().size() * (batch.width() + batch.folded() - 1);
        return values.mul(Tensor.on(values.device(), weights, weights.length))
                .sum()
                .mul(1 / total);
    }

    /** These positions of {@code batch}, ascending. */
    long[] positions(RowBatch batch) {
        return switch (this) {
            case ALL -> LongStream.range(0, batch.positions()).toArray();
            case NON_PAD -> batch.tokenPositions();
            case ANSWER -> batch.targets(LossMask.ANSWER).positions();
        };
    }
}
