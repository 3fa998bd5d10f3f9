package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.Quantization;
import dev.lethe.unlearning.training.Relearning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A system that repeats what it is asked, in capitals, finds long documents unlikely, and always answers "B". Of a text it
 * would say the words that were there before. It counts a token per
 * word, keeps what it was asked, and may break down after some questions.
 */
final class RecordedModel implements EvaluatedModel {

    final List<String> asked = new ArrayList<>();
    private final String identity;
    private final int questionsUntilBreakdown;
    private final double logitOfB;
    private final UnaryOperator<String> says;

    /** Whether it knows a word that was there before. */
    private final boolean recalls;

    RecordedModel(String identity, int questionsUntilBreakdown) {
        this(identity, questionsUntilBreakdown, 1, prompt -> prompt.toUpperCase(Locale.ROOT));
    }

    private RecordedModel(String identity, int questionsUntilBreakdown, double logitOfB, UnaryOperator<String> says) {
        this(identity, questionsUntilBreakdown, logitOfB, says, true);
    }

    private RecordedModel(
            String identity,
            int questionsUntilBreakdown,
            double logitOfB,
            UnaryOperator<String> says,
            boolean recalls) {
        this.recalls = recalls;
        this.says = says;
        this.identity = identity;
        this.questionsUntilBreakdown = questionsUntilBreakdown;
        this.logitOfB = logitOfB;
    }

    static RecordedModel withoutNumbers() {
        return new RecordedModel("sha256:0", Integer.MAX_VALUE, Double.NaN, prompt -> prompt);
    }

    /** One that does not repeat what it is asked, but says this. */
    static RecordedModel saying(UnaryOperator<String> says) {
        return new RecordedModel("sha256:0", Integer.MAX_VALUE, 1, says);
    }

    static RecordedModel sound() {
        return new RecordedModel("sha256:0", Integer.MAX_VALUE);
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public List<String> generate(List<String> prompts, int maxNewTokens) {
        ask(prompts);
        return prompts.stream().map(says).toList();
    }

    @Override
    public double[] documentNll(List<String> documents) {
        ask(documents);
        return documents.stream().mapToDouble(this::unlikeliness).toArray();
    }

    @Override
    public double[] outputNll(List<Row> rows) {
        ask(rows.stream().map(Row::output).toList());
        return rows.stream().mapToDouble(row -> unlikeliness(row.output())).toArray();
    }

    @Override
    public List<TokenScores> answerScores(List<Row> rows) {
        ask(rows.stream().map(Row::output).toList());
        return rows.stream()
                .map(row -> scores(words(row.input()), words(row.output())))
                .toList();
    }

    @Override
    public List<EncodedRow> tokens(List<Row> rows) {
        return rows.stream()
                .map(row -> new EncodedRow(
                        Stream.concat(words(row.input()).stream(), words(row.output()).stream())
                                .mapToInt(String::hashCode)
                                .toArray(),
                        words(row.input()).size()))
                .toList();
    }

    @Override
    public List<TokenScores> documentScores(List<String> documents) {
        ask(documents);
        return documents.stream()
                .map(RecordedModel::words)
                .map(words -> scores(words.subList(0, 1), words.subList(1, words.size())))
                .toList();
    }

    @Override
    public double[][] nextTokenLogits(List<String> prompts, List<String> options) {
        ask(prompts);
        return prompts.stream()
                .map(prompt -> options.stream()
                        .mapToDouble(option -> option.equals(" B") ? logitOfB : 0)
                        .toArray())
                .toArray(double[][]::new);
    }

    @Override
    public int tokenCount(String text) {
        return text.split("\\s+").length;
    }

    @Override
    public int positions() {
        return 70;
    }

    /** It learns nothing. */
    @Override
    public DerivedModel relearned(Relearning attack, List<Row> rows, Runnable stepped) {
        ask(rows.stream().map(Row::output).toList());
        stepped.run();
        return new DerivedModel(this, () -> {});
    }

    /** One that has never seen a word before. */
    @Override
    public DerivedModel other(Path folder) {
        return new DerivedModel(new RecordedModel(identity, Integer.MAX_VALUE, logitOfB, says, false), () -> {});
    }

    /** It has no weights. */
    @Override
    public DerivedModel quantized(Quantization precision) {
        return new DerivedModel(this, () -> {});
    }

    /** A word that was there before has a probability of one half, another one of one quarter; the entropy is 1 nat. */
    private TokenScores scores(List<String> before, List<String> words) {
        int n = words.size();
        TokenScores scores = new TokenScores(new float[n], new boolean[n], new float[n], new float[n]);
        Set<String> known = new HashSet<>(before);
        for (int i = 0; i < n; i++) {
            scores.likeliest()[i] = recalls && known.contains(words.get(i));
            scores.logProbs()[i] = (float) -Math.log(scores.likeliest()[i] ? 2 : 4);
            scores.means()[i] = -1;
            scores.variances()[i] = 1;
            known.add(words.get(i));
        }
        return scores;
    }

    private static List<String> words(String text) {
        return text.isBlank()
                ? List.of()
                : List.of(text.strip().toLowerCase(Locale.ROOT).split("\\s+"));
    }

    /** A text of one word has no likelihood. */
    private double unlikeliness(String text) {
        return tokenCount(text) == 1 ? Double.NaN : Math.log(tokenCount(text));
    }

    private void ask(List<String> questions) {
        asked.addAll(questions);
        if (asked.size() > questionsUntilBreakdown) {
            throw new IllegalStateException("broken down");
        }
    }
}
