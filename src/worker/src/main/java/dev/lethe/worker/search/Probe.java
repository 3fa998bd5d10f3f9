package dev.lethe.worker.search;

import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.stage.MergeSearchResult.RowMeasures;
import dev.lethe.api.status.MetricValue;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.NovelTokens;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.generation.Likelihood;
import dev.lethe.unlearning.generation.TeacherForcing;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.Repetition;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.suite.EvaluatedLanguageModel;
import dev.lethe.unlearning.suite.EvaluatedModel;
import dev.lethe.unlearning.suite.Measurement;
import dev.lethe.unlearning.suite.MembershipDocuments;
import dev.lethe.unlearning.suite.Relearn;
import dev.lethe.unlearning.suite.SuiteInputs;
import dev.lethe.unlearning.suite.SuiteSettings;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures models on the two folds, with one forward pass for each row: the answers are given, and the model says how likely they
 * were. The end of the text is not part of an answer.
 */
public final class Probe {
    /** Tokens of a row or a document that are looked at: those that the published recipe trains on. */
    private static final int MAX_LENGTH = 256;

    private static final int BATCH = 16;

    private static final int ENOUGH_TO_ATTACK = 8;

    /** Continuations that tell whether a model still talks, and their tokens. */
    private static final int CONTINUATIONS = 16;

    private static final int CONTINUATION = 64;

    /** The seed of the search's own attacks: those of the evaluation are for what it chose. */
    private static final long ATTACKS = 0x736561726368L >>> 20;

    private final Folds<Item> forget;
    private final Folds<Item> retain;
    private final NovelTokens novel;
    private final Folds<EncodedRow> nonMembers;
    private final TextTokenizer tokenizer;
    private final int maxLength;
    private final Bootstrap bootstrap;

    private record Item(Row row, EncodedRow answer) {
        String text() {
            return row.input() + "\0" + row.output();
        }
    }

    /**
     * Splits the sets.
     *
     * @param nonMembers documents that the base never saw, with their prompts as those of the rows; none where there is no attack
     * @param positions tokens that the models can read at once
     * @param holdOut share of each set for the fold that a search never sees
     * @param seed of the intervals
     * @throws InvalidInput where no row of a set has an answer
     */
    public Probe(
            Rows forget,
            Rows retain,
            List<Row> nonMembers,
            TextTokenizer tokenizer,
            int positions,
            double holdOut,
            long seed) {
        this.tokenizer = tokenizer;
        this.maxLength = Math.min(MAX_LENGTH, positions);
        this.forget = folds(forget, holdOut);
        this.retain = folds(retain, holdOut);
        this.novel = NovelTokens.beside(Stream.concat(this.retain.calibration().stream(), this.retain.test().stream())
                .map(Item::answer)
                .toList());
        Folds<Row> documents = Folds.of(nonMembers, MembershipDocuments::of, holdOut);
        this.nonMembers = new Folds<>(encoded(documents.calibration()), encoded(documents.test()));
        this.bootstrap = Bootstrap.seeded(seed);
    }

    private Folds<Item> folds(Rows rows, double holdOut) {
        List<EncodedRow> encoded = new RowEncoding(tokenizer, maxLength).encode(rows);
        List<Item> items = IntStream.range(0, rows.size())
                .mapToObj(i -> new Item(rows.rows().get(i), encoded.get(i).withoutEnd(tokenizer.eosId())))
                .filter(it -> it.answer().length() > Math.max(1, it.answer().answerStart()))
                .toList();
        if (items.isEmpty()) {
            throw InvalidInput.at(rows.source(), "output", "no token in any row", "an answer");
        }
        return Folds.of(items, Item::text, holdOut);
    }

    /** In the very tokens that a row to forget would have: what an attack can tell by a seam is no membership. */
    private List<EncodedRow> encoded(List<Row> documents) {
        RowEncoding encoding = new RowEncoding(tokenizer, maxLength);
        return documents.stream()
                .map(row -> encoding.encode(row).withoutEnd(tokenizer.eosId()))
                .toList();
    }

    /** Whether there are rows of both sets that a search does not see. */
    public boolean hasTest() {
        return !forget.test().isEmpty() && !retain.test().isEmpty();
    }

    /** A model on a fold. The attack reads a forget row as the model was trained on it, in the same pass as its answer. */
    public Measures measure(LanguageModel model, Fold fold) {
        List<Item> items = forget.of(fold);
        List<int[]> others = nonMembers.of(fold).stream().map(EncodedRow::ids).toList();
        if (others.isEmpty()) {
            return new Measures(forgetRows(items, answers(model, items)), rows(answers(model, retain.of(fold))), null);
        }
        List<TokenScores> whole = new TeacherForcing(model, BATCH)
                .scores(items.stream()
                        .map(it -> new EncodedRow(it.answer().ids(), 0))
                        .toList());
        List<TokenScores> answers = IntStream.range(0, items.size())
                .mapToObj(i -> whole.get(i)
                        .from(Math.max(0, items.get(i).answer().answerStart() - 1))) // nothing predicts the first token
                .toList();
        return new Measures(
                forgetRows(items, answers), rows(answers(model, retain.of(fold))), auc(model, whole, others));
    }

    /**
     * How much a model says itself of what only a document tells that it never saw: exact memorisation of novel tokens, as a mean
     * over the calibration fold; 0 without documents.
     */
    public double unseen(LanguageModel base) {
        List<EncodedRow> documents = nonMembers.calibration();
        return novel.exactMemorization(documents, new TeacherForcing(base, BATCH).scores(documents));
    }

    /**
     * What a finalist is told apart by: what a relearning attack brings back, as suite {@code relearn} measures it, and whether it
     * still talks where it forgot. On the calibration fold, or on all rows where that has so few that one token would decide.
     *
     * @param folder for the suite's work
     */
    public SearchRun.Final last(LanguageModel model, Path folder) {
        boolean few = forget.calibration().size() < ENOUGH_TO_ATTACK;
        List<Item> test = few ? forget.test() : List.of();
        List<Item> items =
                Stream.concat(forget.calibration().stream(), test.stream()).toList();
        EvaluatedLanguageModel system = new EvaluatedLanguageModel("candidate", model, tokenizer);
        return new SearchRun.Final(recovery(system, items, folder), degenerate(system, items));
    }

    private static double degenerate(EvaluatedModel system, List<Item> items) {
        List<String> prompts =
                items.stream().limit(CONTINUATIONS).map(it -> it.row().input()).toList();
        return system.generate(prompts, CONTINUATION).stream()
                .mapToDouble(it -> Repetition.degenerate(it) ? 1 : 0)
                .average()
                .orElse(0);
    }

    /** Null where there are too few rows. */
    private @Nullable Double recovery(EvaluatedModel system, List<Item> items, Path folder) {
        Relearn suite = new Relearn();
        SuiteInputs inputs = new SuiteInputs(asRows(items), asRows(retain.calibration()), Map.of());
        SuiteSettings settings = new SuiteSettings(Suites.options(suite.descriptor(), Map.of("seed", ATTACKS)));
        Measurement recovery = suite.measure(system, inputs, settings, folder, (done, total) -> {})
                .metrics()
                .get("relearn/recovery");
        return recovery == null ? null : recovery.value();
    }

    private static Rows asRows(List<Item> items) {
        return new Rows("search", items.stream().map(Item::row).toList(), "of the search");
    }

    private static List<TokenScores> answers(LanguageModel model, List<Item> items) {
        return new TeacherForcing(model, BATCH)
                .scores(items.stream().map(Item::answer).toList());
    }

    /** Of what is to be forgotten counts what only it tells: rows of one form teach that form. */
    private RowMeasures forgetRows(List<Item> items, List<TokenScores> scores) {
        return rows(
                scores,
                IntStream.range(0, items.size())
                        .mapToObj(i -> novel.of(items.get(i).answer(), scores.get(i)))
                        .mapToDouble(it -> it.size() == 0 ? 0 : it.exactMemorization()));
    }

    private static RowMeasures rows(List<TokenScores> scores) {
        return rows(scores, scores.stream().mapToDouble(TokenScores::exactMemorization));
    }

    private static RowMeasures rows(List<TokenScores> scores, DoubleStream exactOfRows) {
        var exact = exactOfRows.summaryStatistics();
        double nll = mean(scores, TokenScores::meanNll);
        return new RowMeasures(
                scores.size(),
                exact.getAverage(),
                exact.getMin(),
                exact.getMax(),
                mean(scores, TokenScores::extractionStrength),
                mean(scores, Probe::probability),
                Double.isFinite(nll) ? nll : null);
    }

    /** A model that gives no number gives an answer no probability. */
    private static double probability(TokenScores scores) {
        double probability = scores.probability();
        return Double.isNaN(probability) ? 0 : probability;
    }

    private static double mean(List<TokenScores> scores, ToDoubleFunction<TokenScores> value) {
        return scores.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private @Nullable MetricValue auc(LanguageModel model, List<TokenScores> members, List<int[]> others) {
        double[] ofMembers = members.stream().mapToDouble(TokenScores::meanNll).toArray();
        double[] ofOthers = new Likelihood(model, BATCH).meanNll(others);
        if (DoubleStream.concat(DoubleStream.of(ofMembers), DoubleStream.of(ofOthers))
                .anyMatch(Double::isNaN)) {
            return null;
        }
        Estimate auc = Estimate.membershipAuc(ofMembers, ofOthers, bootstrap);
        Bootstrap.Interval interval = auc.interval();
        return new MetricValue(auc.value(), auc.count(), interval.low(), interval.high());
    }
}
