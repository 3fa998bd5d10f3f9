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
import java.util.DoubleSummaryStatistics;
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
 * <p>Of few documents one choice says little. So as many attacks are made as it takes to score 16 documents, and at most the option
 * {@code attacks}; of each pair the second attacks what the first scored. A row that several of them score counts with its mean.
 *
 * <p>Rows of one document stay together, since they tell each other's answers. Where the set has one document alone its rows
 * are parted, and a row that has the output of a scored one in its text is left out of the attack.
 *
 * <p>Source: A. Deeb, F. Roger, "Do unlearning methods remove information from language model weights?" (2024), where the
 * facts that are trained on are independent of those scored; {@link Relearning} for the attack.
 */
public final class Relearn implements Suite {
    /** Documents, or rows of one, that are scored before no further attack is made. */
    private static final int ENOUGH = 16;

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
        List<Split> splits = Split.all(forget.rows(), Suites.options(descriptor(), Map.of()));
        Split split = splits.getFirst();
        return metrics().stream()
                .collect(Collectors.toMap(
                        metric -> metric,
                        metric -> split.lack().isEmpty()
                                ? Coverage.whole(
                                        forget.source(),
                                        splits.stream()
                                                .flatMap(it -> (metric.equals(ATTACK) ? it.attack : it.scored).stream())
                                                .map(Row::id)
                                                .distinct()
                                                .count())
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
        List<Split> splits = Split.all(inputs.forget().rows(), options);
        String lack = splits.getFirst().lack();
        if (!lack.isEmpty()) {
            MetricOutcome missing = new MetricOutcome.NotMeasured(lack);
            return SuiteResult.of(metrics().stream().collect(Collectors.toMap(metric -> metric, _ -> missing)));
        }
        long total = splits.stream()
                .mapToLong(it -> 2L * it.scored.size() + it.attack.size())
                .sum();
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Found found = new Found(new RowMeans(), new RowMeans(), new RowMeans(), new RowMeans());
        splits.forEach(split -> attack(split, model, inputs, options, evaluation, found));
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        return SuiteResult.of(Map.of(
                EXACT, mean(found.exact.values(), bootstrap.stream(EXACT)),
                PROBABILITY, mean(found.probability.values(), bootstrap.stream(PROBABILITY)),
                RECOVERY, mean(found.recovery.values(), bootstrap.stream(RECOVERY)),
                ATTACK, whole(found.learned.values(), bootstrap.stream(ATTACK))));
    }

    /**
     * What the attacks found.
     *
     * @param learned exact memorisation of the rows that they trained on
     */
    private record Found(RowMeans exact, RowMeans probability, RowMeans recovery, RowMeans learned) {}

    private static void attack(
            Split split,
            EvaluatedModel model,
            SuiteInputs inputs,
            Settings options,
            ResumableEvaluation evaluation,
            Found found) {
        List<Row> known = Stream.concat(inputs.retain().rows().stream(), split.attack.stream())
                .toList();
        NovelTokens novel = NovelTokens.beside(model.tokens(known));
        double[] before = scores(
                        split.file("before"),
                        split.scored,
                        evaluation,
                        rows -> Memorization.novelScores(novel, model, rows))
                .get(Measure.EXACT.word);
        try (ModelOnDemand attacked = new ModelOnDemand(() -> model.relearned(
                Relearning.of(options, options.whole("seed") + split.number), split.attack, evaluation::beat))) {
            Map<String, double[]> after = scores(
                    split.file("after"),
                    split.scored,
                    evaluation,
                    rows -> Memorization.novelScores(novel, attacked.get(), rows));
            Map<String, double[]> learned =
                    scores(split.file("attack"), split.attack, evaluation, rows -> attacked.get()
                            .answerScores(rows));
            double[] exact = after.get(Measure.EXACT.word);
            found.exact.add(split.scored, exact);
            found.probability.add(split.scored, after.get(Measure.PROBABILITY.word));
            found.recovery.add(split.scored, gained(before, exact));
            found.learned.add(split.attack, learned.get(Measure.EXACT.word));
        }
    }

    /** The mean of each row's values over the attacks that measured it. */
    private static final class RowMeans {
        private final Map<String, DoubleSummaryStatistics> rows = new LinkedHashMap<>();

        void add(List<Row> of, double[] values) {
            for (int i = 0; i < values.length; i++) {
                rows.computeIfAbsent(of.get(i).id(), _ -> new DoubleSummaryStatistics());
                if (Double.isFinite(values[i])) {
                    rows.get(of.get(i).id()).accept(values[i]);
                }
            }
        }

        /** NaN of a row that no attack could measure. */
        double[] values() {
            return rows.values().stream()
                    .mapToDouble(it -> it.getCount() == 0 ? Double.NaN : it.getAverage())
                    .toArray();
        }
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
     * @param number of the attack, counted from 0
     * @param documents, or rows of one, that are scored
     * @param attack trained on
     * @param scored before and after
     */
    private record Split(int number, int documents, List<Row> attack, List<Row> scored) {

        /** Those of every attack that can be made; where none can, the first, which says why. */
        static List<Split> all(List<Row> rows, Settings options) {
            List<Split> all = new ArrayList<>();
            int scored = 0;
            for (int number = 0; number < options.whole("attacks") && scored < ENOUGH; number++) {
                Split split = of(number, rows, options);
                if (split.lack().isEmpty()) {
                    all.add(split);
                    scored += split.documents;
                }
            }
            return all.isEmpty() ? List.of(of(0, rows, options)) : all;
        }

        String file(String name) {
            return name + (number == 0 ? "" : "-" + (number + 1)) + ".jsonl";
        }

        private static Split of(int number, List<Row> rows, Settings options) {
            Collection<List<Row>> documents = rows.stream()
                    .collect(Collectors.groupingBy(Row::document, LinkedHashMap::new, Collectors.toList()))
                    .values();
            boolean several = documents.size() > 1;
            List<List<Row>> parts = several
                    ? List.copyOf(documents)
                    : rows.stream().map(List::of).toList();
            int count =
                    Math.clamp(Math.round(options.number("share") * parts.size()), 1, Math.max(1, parts.size() - 1));
            int[] order = new EpochOrder(options.whole("seed"), true).halves(number, parts.size());
            List<Row> attack = rows(parts, Arrays.copyOf(order, count));
            List<Row> scored = rows(parts, Arrays.copyOfRange(order, count, parts.size()));
            return new Split(
                    number,
                    parts.size() - count,
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
