package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A system that repeats what it is asked, in capitals, finds long documents unlikely, and always answers "B". It counts a
 * token per word, keeps what it was asked, and may break down after some questions.
 */
final class RecordedModel implements EvaluatedModel {

    final List<String> asked = new ArrayList<>();
    private final String identity;
    private final int questionsUntilBreakdown;
    private final double logitOfB;

    RecordedModel(String identity, int questionsUntilBreakdown) {
        this(identity, questionsUntilBreakdown, 1);
    }

    private RecordedModel(String identity, int questionsUntilBreakdown, double logitOfB) {
        this.identity = identity;
        this.questionsUntilBreakdown = questionsUntilBreakdown;
        this.logitOfB = logitOfB;
    }

    static RecordedModel withoutNumbers() {
        return new RecordedModel("sha256:0", Integer.MAX_VALUE, Double.NaN);
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
        return prompts.stream().map(prompt -> prompt.toUpperCase(Locale.ROOT)).toList();
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
