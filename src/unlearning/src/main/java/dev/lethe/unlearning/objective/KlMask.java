package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.data.LearnedTokens;
import dev.lethe.unlearning.data.RowBatch;
import java.util.stream.LongStream;

/** The places of the retain batch that the KL term averages over. */
public enum KlMask {
    /**
     * Every place of the padded batch, padding included, as ZJUKLAB's code does: a short row's divergence is diluted by its
     * padding.
     */
    ALL,
    /** Places where a token stands. */
    NON_PAD,
    /** Places that predict a token of an answer. */
    ANSWER;

    /** The places of {@code batch}, ascending. */
    long[] places(RowBatch batch) {
        return switch (this) {
            case ALL -> LongStream.range(0, batch.places()).toArray();
            case NON_PAD -> batch.tokenPlaces();
            case ANSWER -> batch.targets(LearnedTokens.ANSWER).places();
        };
    }
}
