package dev.lethe.unlearning.data;

import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Answers that refuse, which rows to forget may have in place of their own. They are texts of this project
 * ({@code refusals.txt}), one drawn for each row and epoch.
 *
 * @param answers the tokens of each, and the end of text
 * @param maxLength tokens of one row
 */
public record Refusals(List<int[]> answers, int maxLength) {
    private static final String FILE = "refusals.txt";

    public Refusals {
        answers = List.copyOf(answers);
    }

    /** The refusals as a tokenizer has them. */
    public static Refusals of(RowEncoding encoding) {
        TextTokenizer tokenizer = encoding.tokenizer();
        return new Refusals(
                texts().stream()
                        .map(text -> with(tokenizer.encode(text, false), tokenizer.eosId()))
                        .toList(),
                encoding.maxLength());
    }

    static List<String> texts() {
        try (InputStream in = Objects.requireNonNull(Refusals.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] with(int[] tokens, int last) {
        return IntStream.concat(Arrays.stream(tokens), IntStream.of(last)).toArray();
    }

    /** The prompts of some rows of a set, each with the refusal that it has in an epoch. */
    public List<EncodedRow> inPlaceOfAnswers(List<EncodedRow> set, int[] indices, EpochOrder order, int epoch) {
        int[] drawn = order.refusals(epoch, indices, answers.size());
        return IntStream.range(0, indices.length)
                .mapToObj(i -> refused(set.get(indices[i]), answers.get(drawn[i])))
                .toList();
    }

    private EncodedRow refused(EncodedRow row, int[] answer) {
        int[] ids = IntStream.concat(Arrays.stream(row.ids(), 0, row.answerStart()), Arrays.stream(answer))
                .limit(maxLength)
                .toArray();
        return new EncodedRow(ids, row.answerStart());
    }
}
