package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How rows become tokens, as in ZJUKLAB's SemEval-2025 system: raw text without a template; prompt and answer are
 * tokenised apart, the prompt with the tokenizer's own special tokens, and the end-of-text token closes the answer. Of the prompt
 * the last {@code floor(0.8 * maxLength)} tokens stay; what then passes {@code maxLength} is cut from the answer's end.
 *
 * @param maxLength tokens of one row
 */
public record RowEncoding(TextTokenizer tokenizer, int maxLength) {
    private static final double PROMPT_SHARE = 0.8;

    public RowEncoding {
        if (maxLength < 2) {
            throw InvalidInput.at("training", "maxLength", String.valueOf(maxLength), "at least 2");
        }
    }

    /**
     * All rows, in their order.
     *
     * @throws InvalidInput where a row leaves nothing to predict: no prompt, and an answer without a token; or has a token that
     *     the model has no row for
     */
    public List<EncodedRow> encode(Rows rows) {
        requireTokensOfModel(tokenizer, rows);
        List<EncodedRow> encoded = rows.rows().stream().map(this::encode).toList();
        for (int i = 0; i < encoded.size(); i++) {
            if (encoded.get(i).length() < 2) {
                throw InvalidInput.at(rows.source() + " row " + (i + 1), "output", "no token", "an answer");
            }
        }
        return encoded;
    }

    /**
     * Checks that a model's embedding has a row for every token of a set: a tokenizer may know more of them.
     *
     * @throws InvalidInput naming the first row with another
     */
    public static void requireTokensOfModel(TextTokenizer tokenizer, Rows rows) {
        if (!tokenizer.exceedsModel()) {
            return;
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.rows().get(i);
            try {
                tokenizer.encode(row.input(), true);
                tokenizer.encode(row.output(), false);
            } catch (InvalidInput e) {
                throw new InvalidInput("%s row %d: %s".formatted(rows.source(), i + 1, e.getMessage()));
            }
        }
    }

    /** One row, see {@link #encode(Rows)}. */
    public EncodedRow encode(Row row) {
        int[] prompt = tokenizer.encode(row.input(), true);
        int[] answer = tokenizer.encode(row.output(), false);
        int kept = Math.min(prompt.length, (int) (PROMPT_SHARE * maxLength));
        int[] ids = IntStream.concat(
                        IntStream.concat(
                                Arrays.stream(prompt, prompt.length - kept, prompt.length), Arrays.stream(answer)),
                        IntStream.of(tokenizer.eosId()))
                .limit(maxLength)
                .toArray();
        return new EncodedRow(ids, kept);
    }
}
