package dev.lethe.unlearning.data;

import dev.lethe.unlearning.model.TokenBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Rows side by side, padded on the left to one width, b rows of w columns. Positions are numbered row by row: {@code
 * position = row * w + column}.
 *
 * @param rows the rows of the batch
 * @param width w, at least the longest row
 * @param padId the token in the padding
 * @param folded how many columns of padding, all alike, the first column stands for; 0 where no loss counts the padding
 */
public record RowBatch(List<EncodedRow> rows, int width, int padId, int folded) {

    /**
     * The positions whose output predicts a counted token, with those tokens.
     *
     * @param positions ascending [n]
     * @param tokens the token after each position [n]
     * @param rows the row of each position [n]
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    public record Targets(long[] positions, long[] tokens, int[] rows) {
        public int count() {
            return positions.length;
        }
    }

    public RowBatch {
        rows = List.copyOf(rows);
        int longest = rows.stream().mapToInt(EncodedRow::length).max().orElse(0);
        if (width < longest) {
            throw new IllegalArgumentException("width: found %d, expected at least %d".formatted(width, longest));
        }
    }

    /** The same rows with no more padding than they need, which no loss may count. */
    public RowBatch trimmed() {
        int longest = rows.stream().mapToInt(EncodedRow::length).max().orElseThrow();
        return new RowBatch(rows, longest, padId, 0);
    }

    /**
     * The same rows, with the columns that are padding in every row folded into one: this saves most of the computation
     * where rows are short. Losses stay the same; so do gradients, but for about a thousandth of those of the lower
     * layers' queries and keys, which eager attention takes from scores that its bias has wiped out. Dropout treats
     * these columns as one.
     */
    public RowBatch foldedPadding() {
        int longest = rows.stream().mapToInt(EncodedRow::length).max().orElseThrow();
        return width <= longest + 1 ? this : new RowBatch(rows, longest + 1, padId, folded + width - longest - 1);
    }

    /** The weight of each position in an average over all: 1, or as many columns as the first one stands for. */
    public float[] weights() {
        float[] weights = new float[positions()];
        Arrays.fill(weights, 1);
        for (int row = 0; row < rows.size(); row++) {
            weights[row * width] = Math.max(1, folded);
        }
        return weights;
    }

    public int positions() {
        return rows.size() * width;
    }

    /** The same rows as the model reads them. */
    public TokenBatch tokens() {
        TokenBatch tokens =
                TokenBatch.leftPadded(rows.stream().map(EncodedRow::ids).toList(), padId, width);
        return folded > 0 ? tokens.withPaddingStates(folded) : tokens;
    }

    /** The positions of tokens, ascending. */
    public long[] tokenPositions() {
        return IntStream.range(0, rows.size())
                .flatMap(i -> IntStream.range(start(i), (i + 1) * width))
                .asLongStream()
                .toArray();
    }

    /** How many tokens the batch has, without padding. */
    public int tokenCount() {
        return rows.stream().mapToInt(EncodedRow::length).sum();
    }

    /** What a cross-entropy over the batch counts. */
    public Targets targets(LossMask learned) {
        LongStream.Builder positions = LongStream.builder();
        LongStream.Builder tokens = LongStream.builder();
        IntStream.Builder rowOfPosition = IntStream.builder();
        for (int i = 0; i < rows.size(); i++) {
            EncodedRow row = rows.get(i);
            int first = learned == LossMask.ALL ? 1 : Math.max(1, row.answerStart());
            for (int t = first; t < row.length(); t++) {
                positions.add(start(i) + t - 1);
                tokens.add(row.ids()[t]);
                rowOfPosition.add(i);
            }
        }
        return new Targets(
                positions.build().toArray(),
                tokens.build().toArray(),
                rowOfPosition.build().toArray());
    }

    /** The position of a row's first token. */
    private int start(int row) {
        return (row + 1) * width - rows.get(row).length();
    }
}
