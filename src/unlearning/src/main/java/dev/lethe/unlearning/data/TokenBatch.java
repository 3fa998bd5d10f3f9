package dev.lethe.unlearning.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows side by side, padded on the left to one width, b rows of w columns. Places are numbered row by row:
 * {@code place = row * w + column}.
 *
 * @param rows what stands in the batch
 * @param width w, at least the longest row
 * @param padId the token in the padding
 */
public record TokenBatch(List<EncodedRow> rows, int width, long padId) {

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

        /** How many of the places lie in each row. */
        public int[] perRow(int rowCount) {
            int[] counts = new int[rowCount];
            Arrays.stream(rows).forEach(row -> counts[row]++);
            return counts;
        }
    }

    public TokenBatch {
        rows = List.copyOf(rows);
        int longest = rows.stream().mapToInt(EncodedRow::length).max().orElse(0);
        if (width < longest) {
            throw new IllegalArgumentException("width: found %d, expected at least %d".formatted(width, longest));
        }
    }

    /** As wide as the longest row. */
    public static TokenBatch tight(List<EncodedRow> rows, long padId) {
        return new TokenBatch(
                rows, rows.stream().mapToInt(EncodedRow::length).max().orElseThrow(), padId);
    }

    /** The same rows without the columns that are padding in every one of them. */
    public TokenBatch tight() {
        return tight(rows, padId);
    }

    public int places() {
        return rows.size() * width;
    }

    /** Token ids [b*w]. */
    public long[] ids() {
        long[] ids = new long[places()];
        Arrays.fill(ids, padId);
        for (int i = 0; i < rows.size(); i++) {
            long[] row = rows.get(i).ids();
            System.arraycopy(row, 0, ids, (i + 1) * width - row.length, row.length);
        }
        return ids;
    }

    /** 1 where a token stands, 0 in the padding [b*w]. */
    public long[] attentionMask() {
        long[] mask = new long[places()];
        for (int i = 0; i < rows.size(); i++) {
            Arrays.fill(mask, (i + 1) * width - rows.get(i).length(), (i + 1) * width, 1);
        }
        return mask;
    }

    /** How many tokens stand in the batch, padding not counted. */
    public int tokens() {
        return rows.stream().mapToInt(EncodedRow::length).sum();
    }

    /** What a cross-entropy over the batch counts. */
    public Targets targets(LearnedTokens learned) {
        long[] ids = ids();
        int[] places = IntStream.range(0, rows.size())
                .flatMap(i -> {
                    EncodedRow row = rows.get(i);
                    int first = learned == LearnedTokens.ALL ? 1 : Math.max(1, row.answerStart());
                    int start = (i + 1) * width - row.length();
                    return IntStream.range(start + first - 1, start + row.length() - 1);
                })
                .toArray();
        return new Targets(
                Arrays.stream(places).asLongStream().toArray(),
                Arrays.stream(places).mapToLong(place -> ids[place + 1]).toArray(),
                Arrays.stream(places).map(place -> place / width).toArray());
    }
}
