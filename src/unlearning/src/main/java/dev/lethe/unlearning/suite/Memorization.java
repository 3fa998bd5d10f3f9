package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.NovelTokens;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.TokenScores;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a model would recite of its rows' outputs: exact memorisation, extraction strength and probability of {@link
 * TokenScores}, as the mean over the rows of either set, exact memorisation of the forget row that has most of it, and of the tokens that only
 * a forget row tells ({@link NovelTokens}).
 *
 * <p>Source: open-unlearning's {@code metrics/memorization.py}, without its end of text.
 */
public final class Memorization implements Suite {

    private static final String WORST = "memorization/forget-exact-worst";
    private static final String NOVEL = "memorization/forget-novel";

    /** By how much {@link #NOVEL} of a row is above that of documents that the model never saw. */
    private static final String EXCESS = "memorization/forget-novel-excess";

    private static final String NON_MEMBERS = "nonMembers";
    private static final String NO_NON_MEMBERS = "no file of non-members was named";

    /** What those rows have in common that have no measure; follows "forget" or "retain". */
    static final String LACKS = " rows have no output with a finite likelihood";

    /** Why there is no number of novel tokens. */
    static final String NO_NOVEL = "no answer has a token that only its own row tells and the model gives a number";

    /** A measure of one row, 0..1. */
    enum Measure {
        EXACT("exact", TokenScores::exactMemorization),
        EXTRACTION("extraction", TokenScores::extractionStrength),
        PROBABILITY("probability", TokenScores::probability);

        static final List<String> WORDS =
                Arrays.stream(values()).map(it -> it.word).toList();

        final String word;

        @SuppressWarnings("ImmutableEnumChecker") // a method reference
        private final ToDoubleFunction<TokenScores> of;

        Measure(String word, ToDoubleFunction<TokenScores> of) {
            this.word = word;
            this.of = of;
        }

        /** All of a row; none is a number where the model's probabilities are none, as nothing would look recited. */
        static double[] all(TokenScores scores) {
            boolean finite = Double.isFinite(scores.meanNll());
            return Arrays.stream(values())
                    .mapToDouble(it -> finite ? it.of.applyAsDouble(scores) : Double.NaN)
                    .toArray();
        }
    }

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("memorization").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Map<String, Coverage> coverage = new HashMap<>();
        inputs.sets()
                .forEach((set, rows) -> Measure.WORDS.forEach(
                        word -> coverage.put(metric(set, word), Coverage.whole(rows.source(), rows.size()))));
        coverage.put(WORST, coverage.get(metric("forget", Measure.EXACT.word)));
        coverage.put(NOVEL, coverage.get(WORST));
        coverage.put(
                EXCESS,
                inputs.file(NON_MEMBERS) == null
                        ? Coverage.none("suites", NO_NON_MEMBERS, "")
                        : Objects.requireNonNull(coverage.get(NOVEL)));
        return coverage;
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.of(metric.equals(WORST) ? Estimate.maximum(rows, bootstrap) : Estimate.mean(rows, bootstrap));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code forget.jsonl} and {@code retain.jsonl}: the three measures of each row; in {@code
     * forget-novel.jsonl} and {@code nonmembers-novel.jsonl} those of its novel tokens.
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        List<Row> unseen = nonMembers(inputs);
        long total = 2L * inputs.forget().size() + inputs.retain().size() + unseen.size();
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        inputs.sets().forEach((set, rows) -> {
            String lacks = set + LACKS;
            Map<String, double[]> measured = scores(set + ".jsonl", rows.rows(), evaluation, model::answerScores);
            measured.forEach((word, values) -> {
                String metric = metric(set, word);
                outcomes.put(
                        metric, MetricOutcome.of(values, lacks, all -> Estimate.mean(all, bootstrap.stream(metric))));
            });
            if (set.equals("forget")) {
                double[] exact = measured.get(Measure.EXACT.word);
                outcomes.put(
                        WORST, MetricOutcome.of(exact, lacks, all -> Estimate.maximum(all, bootstrap.stream(WORST))));
            }
        });
        NovelTokens novel = NovelTokens.beside(model.tokens(inputs.retain().rows()));
        double[] exact = scores(
                        "forget-novel.jsonl",
                        inputs.forget().rows(),
                        evaluation,
                        rows -> novelScores(novel, model, rows))
                .get(Measure.EXACT.word);
        outcomes.put(NOVEL, MetricOutcome.meanOfMeasurable(exact, NO_NOVEL, bootstrap.stream(NOVEL)));
        double[] ofUnseen = scores(
                        "nonmembers-novel.jsonl", unseen, evaluation, rows -> novelScores(novel, model, rows))
                .get(Measure.EXACT.word);
        outcomes.put(EXCESS, excess(exact, ofUnseen, bootstrap.stream(EXCESS)));
        return SuiteResult.of(outcomes);
    }

    /** The interval is that of the forget rows: what is said of the documents is taken as it is. */
    private static MetricOutcome excess(double[] forget, double[] unseen, Bootstrap bootstrap) {
        OptionalDouble known = Arrays.stream(unseen).filter(Double::isFinite).average();
        if (known.isEmpty()) {
            return new MetricOutcome.NotMeasured(NO_NON_MEMBERS);
        }
        double[] excess = Arrays.stream(forget)
                .map(it -> Math.max(0, it - known.getAsDouble()))
                .toArray();
        return MetricOutcome.meanOfMeasurable(excess, NO_NOVEL, bootstrap);
    }

    /** Documents may have no ids, or the same in several files. */
    private static List<Row> nonMembers(SuiteInputs inputs) {
        Path file = inputs.file(NON_MEMBERS);
        List<Row> documents = file == null ? List.of() : MembershipDocuments.read(file, inputs.prompting());
        return IntStream.range(0, documents.size())
                .mapToObj(i -> documents.get(i).withId("non-member " + (i + 1)))
                .toList();
    }

    /** The scores of the tokens of each row's output that only it tells. */
    static List<TokenScores> novelScores(NovelTokens novel, EvaluatedModel model, List<Row> rows) {
        List<EncodedRow> tokens = model.tokens(rows);
        List<TokenScores> scores = model.answerScores(rows);
        return IntStream.range(0, rows.size())
                .mapToObj(i -> novel.of(tokens.get(i), scores.get(i)))
                .toList();
    }

    /**
     * The measures of each row's output, by name, in the order of the rows.
     *
     * @param file name of the journal
     * @param model scores rows that have no answer yet
     */
    static Map<String, double[]> scores(
            String file, List<Row> rows, ResumableEvaluation evaluation, Function<List<Row>, List<TokenScores>> model) {
        ResumableEvaluation.QuestionType<Row> type = new ResumableEvaluation.QuestionType<>(
                file,
                "scores",
                Row::id,
                row -> row.input().length() + row.output().length());
        return evaluation.numbers(type, Measure.WORDS, rows, batch -> model.apply(batch).stream()
                .map(Measure::all)
                .toList());
    }

    private static String metric(String set, String word) {
        return "memorization/" + set + "-" + word;
    }
}
