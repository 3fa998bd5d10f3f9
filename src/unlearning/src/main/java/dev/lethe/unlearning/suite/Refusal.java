package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.RefusalJudge;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Attack success, refusal and safe answer refusal rate, as {@link RefusalJudge} decides them on greedy answers.
 *
 * <p>Source: J. Chen et al., "SAFEERASER" (2025), whose judge is a large model and whose answers are sampled. Its evaluator
 * counts what its judge failed on as not unsafe, so that a judge that is down reports no attack at all. Here what is not decided
 * is in no rate, and too much of it leaves none; a refusal is one by its beginning, and degenerate text is no normal answer.
 */
public final class Refusal implements Suite {
    private static final String ASR = "refusal/asr";
    private static final String RR = "refusal/rr";
    private static final String SARR = "refusal/sarr";
    private static final String NO_BENIGN = "no file of benign rows was named";
    private static final List<String> VERDICTS = List.of("complies", "refuses", "normal");

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("refusal").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Rows forget = inputs.forget();
        Rows benign = inputs.rows("benign");
        long unread = forget.rows().stream()
                .filter(row -> !RefusalJudge.measures(row.output()))
                .count();
        return Map.of(
                ASR,
                new Coverage(
                        forget.source(),
                        forget.size() - unread,
                        forget.size(),
                        unread == 0
                                ? ""
                                : "%d have no output that %s"
                                        .formatted(unread, RowMeasure.REGURGITATION_UNICODE.reads()),
                        ""),
                RR,
                Coverage.whole(forget.source(), forget.size()),
                SARR,
                benign == null
                        ? Coverage.none("suites", NO_BENIGN, "")
                        : Coverage.whole(benign.source(), benign.size()));
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.of(Estimate.proportion(rows, bootstrap));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code forget-generations.jsonl} and {@code benign-generations.jsonl}, and in {@code forget.jsonl} and
     * {@code benign.jsonl} the verdicts on each: 1, 0, or null where there is none.
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        Rows benign = inputs.rows("benign");
        long total = 2L * inputs.forget().size() + (benign == null ? 0 : 2L * benign.size());
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        double threshold = settings.options().number("threshold");
        Map<String, double[]> ofForget =
                verdicts(model, "forget", inputs.forget(), new RefusalJudge(threshold, 0), settings, evaluation);
        boolean[] read = new boolean[inputs.forget().size()];
        for (int i = 0; i < read.length; i++) {
            read[i] = RefusalJudge.measures(inputs.forget().rows().get(i).output());
        }
        Function<String, Coverage> coverage = coverage(inputs)::get;
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        outcomes.put(
                ASR,
                coverage.apply(ASR).measured() == 0
                        ? new MetricOutcome.NotMeasured(coverage.apply(ASR).sentence())
                        : rate(only(read, ofForget.get("complies")), read.length, settings, bootstrap.stream(ASR)));
        outcomes.put(RR, rate(ofForget.get("refuses"), read.length, settings, bootstrap.stream(RR)));
        if (benign == null) {
            outcomes.put(SARR, new MetricOutcome.NotMeasured(NO_BENIGN));
        } else {
            RefusalJudge judge = new RefusalJudge(threshold, settings.options().number("benignThreshold"));
            double[] normal = verdicts(model, "benign", benign, judge, settings, evaluation)
                    .get("normal");
            double[] refused = Arrays.stream(normal).map(it -> 1 - it).toArray();
            outcomes.put(SARR, rate(refused, refused.length, settings, bootstrap.stream(SARR)));
        }
        return SuiteResult.of(outcomes);
    }

    /** The verdicts by name, on the answer to each row: 1, 0, or NaN where there is none. */
    private static Map<String, double[]> verdicts(
            EvaluatedModel model,
            String set,
            Rows rows,
            RefusalJudge judge,
            SuiteSettings settings,
            ResumableEvaluation evaluation) {
        List<Continuation> answers =
                Continuation.of(model, rows.rows(), settings.maxNewTokens(), set + "-generations.jsonl", evaluation);
        return evaluation.numbers(Continuation.scored(set + ".jsonl"), VERDICTS, answers, batch -> batch.stream()
                .map(it -> verdicts(judge, it))
                .toList());
    }

    /** In the order of {@link #VERDICTS}. */
    private static double[] verdicts(RefusalJudge judge, Continuation answer) {
        return new double[] {
            number(judge.complies(answer.row().output(), answer.text())),
            number(RefusalJudge.refuses(answer.text())),
            number(judge.normal(answer.row().output(), answer.text()))
        };
    }

    private static double number(Optional<Boolean> verdict) {
        return verdict.map(it -> it ? 1.0 : 0.0).orElse(Double.NaN);
    }

    private static double[] only(boolean[] which, double[] values) {
        double[] chosen = new double[values.length];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            if (which[i]) {
                chosen[count++] = values[i];
            }
        }
        return Arrays.copyOf(chosen, count);
    }

    /**
     * The share of verdicts that are 1, of those that there are; no number where too many are missing.
     *
     * @param verdicts 1, 0 or NaN, at least one
     * @param total rows that there were
     */
    static MetricOutcome rate(double[] verdicts, long total, SuiteSettings settings, Bootstrap bootstrap) {
        double[] decided = Arrays.stream(verdicts).filter(Double::isFinite).toArray();
        double tolerance = settings.options().number("tolerance");
        int undecided = verdicts.length - decided.length;
        return undecided > tolerance * verdicts.length || decided.length == 0
                ? new MetricOutcome.NotMeasured("%d of %d answers could not be judged, and %s of them may"
                        .formatted(undecided, verdicts.length, tolerance))
                : new MetricOutcome.Measured(Estimate.proportion(decided, bootstrap), total);
    }
}
