package dev.lethe.unlearning.data;

import dev.lethe.unlearning.model.TokenBatch;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Rows side by side, padded on the left to one width, b rows of w columns. Places are numbered row by row:
 * {@code place = row * w + column}.
 *
 * @param rows what stands in the batch
 * @param width w, at least the longest row
 * @param padId the token in the padding
 * @param paddingCounts whether a loss may count the padding, whose states then matter
 */
public record RowBatch(List<EncodedRow> rows, int width, int padId, boolean paddingCounts) {

    /**
     * The places whose output predicts a token that counts, with those tokens.
     *
     * @param places ascending [n]
     * @param tokens the token after each place [n]
     * @param rows the row of each place [n]
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    public record Targets(long[] places, long[] tokens, int[] rows) {
        public int count() {
            return places.length;
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
    public RowBatch tight() {
        int longest = rows.stream().mapToInt(EncodedRow::length).max().orElseThrow();
        return new RowBatch(rows, longest, padId, false);
    }

    public int places() {
        return rows.size() * width;
    }

    /** The same rows as the model reads them. */
    public TokenBatch tokens() {
        TokenBatch tokens =
                TokenBatch.leftPadded(rows.stream().map(EncodedRow::ids).toList(), padId, width);
        return paddingCounts ? tokens.withPaddingStates() : tokens;
    }

    /** The places where a token stands, ascending. */
    public long[] tokenPlaces() {
        return IntStream.range(0, rows.size())
                .flatMap(i -> IntStream.range(start(i), (i + 1) * width))
                .asLongStream()
                .toArray();
    }

    /** How many tokens stand in the batch, padding not counted. */
    public int tokenCount() {
        return rows.stream().mapToInt(EncodedRow::length).sum();
    }

    /** What a cross-entropy over the batch counts. */
    public Targets targets(LearnedTokens learned) {
        LongStream.Builder places = LongStream.builder();
        LongStream.Builder tokens = LongStream.builder();
        IntStream.Builder rowOfPlace = IntStream.builder();
        for (int i = 0; i < rows.size(); i++) {
            EncodedRow row = rows.get(i);
            int first = learned == LearnedTokens.ALL ? 1 : Math.max(1, row.answerStart());
            for (int t = first; t < row.length(); t++) {
                places.add(start(i) + t - 1);
                tokens.add(row.ids()[t]);
                rowOfPlace.add(i);
            }
        }
        return new Targets(
                places.build().toArray(),
                tokens.build().toArray(),
                rowOfPlace.build().toArray());
    }

    /** The place of a row's first token. */
    private int start(int row) {
        return (row + 1) * width - rows.get(row).length();
    }
}
