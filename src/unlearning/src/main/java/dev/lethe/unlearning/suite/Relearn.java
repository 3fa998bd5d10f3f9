package dev.lethe.unlearning.suite;

import static dev.lethe.unlearning.suite.Memorization.scores;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Settings;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.data.NovelTokens;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.RougeTokenizer;
import dev.lethe.unlearning.suite.Memorization.Measure;
import dev.lethe.unlearning.training.Relearning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A relearning attack: the model is fine-tuned for a few steps on some forget rows, and the others are scored before and
 * after. A model that lost its knowledge learns the rows that it is shown and no others; one that only hides it finds the
 * others again, too. Rows of one form teach that form, so only the tokens are scored that neither a retain row nor a row of the
 * attack tells ({@link NovelTokens}).
 *
 * <ul>
 *   <li>{@code forget-exact}, {@code forget-probability}: exact memorisation and mean probability of the outputs that the attack did not
 *       train on, after it.
 *   <li>{@code recovery}: exact memorisation of these rows after the attack less before.
 *   <li>{@code attack-exact}: exact memorisation, after the attack, of the rows that it trained on.
 * </ul>
 *
 * <p>Rows of one document stay together, since they tell each other's answers. Where the set has one document alone its rows
 * are parted, and a row that has the output of a scored one in its text is left out of the attack.
 *
 * <p>Source: A. Deeb, F. Roger, "Do unlearning methods remove information from language model weights?" (2024), where the
 * facts that are trained on are independent of those scored; {@link Relearning} for the attack.
 */
public final class Relearn implements Suite {
    private static final int ROWS_PER_STEP = 8;
    private static final String EXACT = "relearn/forget-exact";
    private static final String PROBABILITY = "relearn/forget-probability";
    private static final String RECOVERY = "relearn/recovery";
    private static final String ATTACK = "relearn/attack-exact";

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("relearn").orElseThrow();
    }

    /** {@inheritDoc} Of a choice of rows by the options' standards. */
    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Rows forget = inputs.forget();
        Split split = Split.of(forget.rows(), Suites.options(descriptor(), Map.of()));
        return metrics().stream()
                .collect(Collectors.toMap(
                        metric -> metric,
                        metric -> split.lack().isEmpty()
                                ? Coverage.whole(
                                        forget.source(), (metric.equals(ATTACK) ? split.attack : split.scored).size())
                                : new Coverage(
                                        forget.source(),
                                        0,
                                        forget.size(),
                                        split.lack(),
                                        "more rows, best of several documents")));
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.of(Estimate.mean(rows, bootstrap));
    }

    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        Settings options = settings.options();
        Split split = Split.of(inputs.forget().rows(), options);
        if (!split.lack().isEmpty()) {
            MetricOutcome lack = new MetricOutcome.NotMeasured(split.lack());
            return SuiteResult.of(metrics().stream().collect(Collectors.toMap(metric -> metric, _ -> lack)));
        }
        long total = 2L * split.scored.size() + split.attack.size();
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        List<Row> known = Stream.concat(inputs.retain().rows().stream(), split.attack.stream())
                .toList();
        NovelTokens novel = NovelTokens.beside(model.tokens(known));
        double[] before = scores(
                        "before.jsonl", split.scored, evaluation, rows -> Memorization.novelScores(novel, model, rows))
                .get(Measure.EXACT.word);
        try (ModelOnDemand attacked =
                new ModelOnDemand(() -> model.relearned(attack(options), split.attack, evaluation::beat))) {
            Map<String, double[]> after = scores(
                    "after.jsonl",
                    split.scored,
                    evaluation,
                    rows -> Memorization.novelScores(novel, attacked.get(), rows));
            Map<String, double[]> learned = scores("attack.jsonl", split.attack, evaluation, rows -> attacked.get()
                    .answerScores(rows));
            double[] exact = after.get(Measure.EXACT.word);
            return SuiteResult.of(Map.of(
                    EXACT, mean(exact, bootstrap.stream(EXACT)),
                    PROBABILITY, mean(after.get(Measure.PROBABILITY.word), bootstrap.stream(PROBABILITY)),
                    RECOVERY, mean(gained(before, exact), bootstrap.stream(RECOVERY)),
                    ATTACK, whole(learned.get(Measure.EXACT.word), bootstrap.stream(ATTACK))));
        }
    }

    private static Relearning attack(Settings options) {
        return new Relearning(
                options.whole("steps"), ROWS_PER_STEP, options.number("learningRate"), options.whole("seed"));
    }

    private static MetricOutcome mean(double[] values, Bootstrap bootstrap) {
        return MetricOutcome.meanOfMeasurable(values, Memorization.NO_NOVEL, bootstrap);
    }

    private static MetricOutcome whole(double[] values, Bootstrap bootstrap) {
        return MetricOutcome.of(values, "forget" + Memorization.LACKS, all -> Estimate.mean(all, bootstrap));
    }

    /** What each row gained. */
    static double[] gained(double[] before, double[] after) {
        double[] gained = after.clone();
        for (int i = 0; i < gained.length; i++) {
            gained[i] -= before[i];
        }
        return gained;
    }

    /**
     * Which rows are for what.
     *
     * @param attack trained on
     * @param scored before and after
     */
    private record Split(List<Row> attack, List<Row> scored) {

        static Split of(List<Row> rows, Settings options) {
            Collection<List<Row>> documents = rows.stream()
                    .collect(Collectors.groupingBy(Row::document, LinkedHashMap::new, Collectors.toList()))
                    .values();
            boolean several = documents.size() > 1;
            List<List<Row>> parts = several
                    ? List.copyOf(documents)
                    : rows.stream().map(List::of).toList();
            int count =
                    Math.clamp(Math.round(options.number("share") * parts.size()), 1, Math.max(1, parts.size() - 1));
            int[] order = new EpochOrder(options.whole("seed"), true).order(0, parts.size());
            List<Row> attack = rows(parts, Arrays.copyOf(order, count));
            List<Row> scored = rows(parts, Arrays.copyOfRange(order, count, parts.size()));
            return new Split(
                    several
                            ? attack
                            : attack.stream().filter(row -> !tells(row, scored)).toList(),
                    scored);
        }

        private static List<Row> rows(List<List<Row>> parts, int[] chosen) {
            List<Row> rows = new ArrayList<>();
            Arrays.stream(chosen).sorted().forEach(part -> rows.addAll(parts.get(part)));
            return rows;
        }

        private static boolean tells(Row row, List<Row> scored) {
            String text = row.input() + " " + row.output();
            return scored.stream()
                    .map(Row::output)
                    .anyMatch(answer -> RougeTokenizer.UNICODE.measures(answer) && Leakage.stands(answer, text));
        }

        /** Why the attack cannot be made; empty where it can. */
        String lack() {
            return scored.isEmpty()
                    ? "one row is trained on, and none is left to score"
                    : attack.isEmpty() ? "every row to train on has the output of one to score in its text" : "";
        }
    }
}
