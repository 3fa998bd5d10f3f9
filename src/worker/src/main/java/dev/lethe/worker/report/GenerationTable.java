package dev.lethe.worker.report;

import dev.lethe.unlearning.metric.RougeL;
import dev.lethe.unlearning.metric.RougeTokenizer;
import dev.lethe.worker.report.Generations.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the base and the merge say, side by side, of the rows of a set with which the merge does worst.
 *
 * @param set forget or retain
 * @param worst what is bad about the rows that are shown
 */
record GenerationTable(String set, String worst, List<Line> lines) {
    private static final int ROWS = 5;

    /** Words of one text that are shown. */
    private static final int WORDS = 40;

    /** What stands for a word that the right answer has, and for any other: its length tells nothing. */
    private static final String KEPT = "███";

    private static final String OTHER = "░░░";

    private static final RougeTokenizer TOKENS = RougeTokenizer.UNICODE;

    /** @param prompt null where words are hidden */
    record Line(int number, @Nullable String prompt, Said answer, Said base, Said merge) {}

    /** @param note how long it is, and how much of the right answer it has */
    record Said(List<Run> runs, String note) {}

    /** Words one after the other, marked where the right answer has them in its order. */
    record Run(String text, boolean marked) {}

    static GenerationTable of(Generations generations) {
        boolean forget = generations.set().equals("forget");
        Comparator<Pair> most = Comparator.comparingDouble(it -> share(it.answer(), it.merge()));
        List<Line> lines = generations.pairs().stream()
                .filter(it -> TOKENS.measures(it.answer()))
                .sorted((forget ? most.reversed() : most).thenComparing(Pair::number))
                .limit(ROWS)
                .map(it -> line(it, generations.shown()))
                .toList();
        return new GenerationTable(
                generations.set(),
                forget ? "of which the merge still says most" : "of which the merge says least",
                lines);
    }

    private static Line line(Pair pair, boolean shown) {
        return new Line(
                pair.number(),
                shown ? end(pair.prompt()) : null,
                answer(pair.answer(), shown),
                said(pair.answer(), pair.base(), shown),
                said(pair.answer(), pair.merge(), shown));
    }

    /** A prompt's last words, which the answer follows. */
    private static String end(String prompt) {
        List<String> words =
                RougeL.words(TOKENS, "", prompt).stream().map(RougeL.Word::text).toList();
        int from = Math.max(0, words.size() - WORDS);
        return (from > 0 ? "… " : "") + String.join(" ", words.subList(from, words.size()));
    }

    /** The right answer has nothing to mark. */
    private static Said answer(String answer, boolean shown) {
        List<RougeL.Word> words = RougeL.words(TOKENS, answer, answer);
        List<Run> runs = runs(words, word -> shown ? word.text() : KEPT, _ -> false);
        return new Said(runs, length(words));
    }

    private static Said said(String answer, String text, boolean shown) {
        List<RougeL.Word> words = RougeL.words(TOKENS, answer, text);
        List<Run> runs = runs(words, word -> shown ? word.text() : word.common() ? KEPT : OTHER, RougeL.Word::common);
        return new Said(
                runs,
                String.format(Locale.ROOT, "%s; %.0f %% of the answer", length(words), 100 * share(answer, text)));
    }

    private static List<Run> runs(
            List<RougeL.Word> words, Function<RougeL.Word, String> written, Predicate<RougeL.Word> marked) {
        List<Run> runs = new ArrayList<>();
        for (RougeL.Word word : words.subList(0, Math.min(WORDS, words.size()))) {
            boolean mark = marked.test(word);
            boolean goesOn = !runs.isEmpty() && runs.getLast().marked() == mark;
            runs.add(new Run((goesOn ? runs.removeLast().text() + " " : "") + written.apply(word), mark));
        }
        return List.copyOf(runs);
    }

    private static String length(List<RougeL.Word> words) {
        String length = words.size() == 1 ? "1 word" : words.size() + " words";
        return words.size() > WORDS ? "%s, of which %d stand here".formatted(length, WORDS) : length;
    }

    private static double share(String answer, String said) {
        return RougeL.score(TOKENS, answer, said).recall();
    }
}
