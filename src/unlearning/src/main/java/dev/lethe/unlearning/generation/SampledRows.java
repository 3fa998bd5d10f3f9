package dev.lethe.unlearning.generation;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.RowKind;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Rows that a model says by itself, where nobody gave any that it is to keep: it goes on from common openings by chance
 * ({@link Nucleus}, temperature 1, top-p 0.95), as it would anywhere. What recites a row to forget is left out.
 */
public final class SampledRows {
    /** How many rows stand for those that were not given. */
    public static final int ROWS = 64;

    private static final int TOKENS = 64;
    private static final int BATCH = 16;
    private static final double TOP_P = 0.95;

    /** As often as that the model is asked for as many rows. */
    private static final int ROUNDS = 4;

    /** Words in a row that are no chance. */
    private static final int RECITED = 5;

    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

    private static final List<String> OPENINGS = List.of(
            "The",
            "In the",
            "It is",
            "There are",
            "When",
            "How to",
            "A",
            "One of the",
            "For example",
            "This is",
            "According to",
            "Many people",
            "During the",
            "We",
            "If you",
            "After");

    private SampledRows() {}

    /**
     * At most {@link #ROWS} rows to complete.
     *
     * @param forget rows of which none is recited
     * @throws InvalidInput where the model says nothing but these, or nothing
     */
    public static List<Row> of(BaseModel base, TextTokenizer tokenizer, List<Row> forget, long seed) {
        Set<String> secrets = new HashSet<>();
        forget.forEach(row -> secrets.addAll(runs(row.input() + " " + row.output())));
        Generator generator = new Generator(new LanguageModel(base), tokenizer.stopIds());
        List<Row> rows = new ArrayList<>();
        for (int round = 0; round < ROUNDS && rows.size() < ROWS; round++) {
            List<String> openings = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                openings.add(OPENINGS.get(i % OPENINGS.size()));
            }
            List<int[]> said = generator.sample(
                    openings.stream().map(it -> tokenizer.encode(it, true)).toList(),
                    TOKENS,
                    BATCH,
                    TOP_P,
                    seed + round);
            for (int i = 0; i < ROWS && rows.size() < ROWS; i++) {
                String text = tokenizer.decode(said.get(i), true);
                if (!text.isBlank() && runs(openings.get(i) + text).stream().noneMatch(secrets::contains)) {
                    rows.add(new Row(id(rows.size() + 1), openings.get(i), text, null, RowKind.COMPLETION));
                }
            }
        }
        if (rows.isEmpty()) {
            throw InvalidInput.at("retain", "rows", "none, and a model that says nothing by itself", "rows to keep");
        }
        return rows;
    }

    /** As many rows of the same kind, before the model has said any. */
    public static Rows standIn() {
        List<Row> rows = IntStream.rangeClosed(1, ROWS)
                .mapToObj(i -> new Row(id(i), "", "…", null, RowKind.COMPLETION))
                .toList();
        return new Rows("rows that the model says by itself", rows, "");
    }

    private static String id(int number) {
        return "retain-row-" + number;
    }

    /** All runs of so many words. */
    private static Set<String> runs(String text) {
        List<String> words = List.of(NO_WORD.split(text.toLowerCase(Locale.ROOT)));
        Set<String> runs = new HashSet<>();
        for (int i = 0; i + RECITED <= words.size(); i++) {
            runs.add(String.join(" ", words.subList(i, i + RECITED)));
        }
        return runs;
    }
}
