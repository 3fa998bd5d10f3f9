package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.Repetition;
import dev.lethe.unlearning.metric.TokenScores;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a model still talks: {@link Repetition} in its greedy continuations of forget and of retain prompts, and the mean
 * entropy of the next token along them.
 */
public final class Fluency implements Suite {

    private static final List<String> MEASURES = List.of("degenerate", "repetition", "distinct-2", "entropy");

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("fluency").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Map<String, Coverage> coverage = new HashMap<>();
        inputs.sets()
                .forEach((set, rows) -> MEASURES.forEach(
                        measure -> coverage.put(metric(set, measure), Coverage.whole(rows.source(), rows.size()))));
        return coverage;
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.of(Estimate.mean(rows, bootstrap));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code forget-generations.jsonl}, {@code retain-generations.jsonl}, and in {@code forget.jsonl} and
     * {@code retain.jsonl} the measures of each.
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        long total = 2L * inputs.forget().size() + 2L * inputs.retain().size();
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        inputs.sets().forEach((set, rows) -> scores(model, set, rows, settings, evaluation)
                .forEach((measure, values) -> {
                    String metric = metric(set, measure);
                    // An empty continuation has no entropy; it counts as degenerate.
                    outcomes.put(
                            metric,
                            MetricOutcome.meanOfMeasurable(
                                    values, "no continuation has a token", bootstrap.stream(metric)));
                }));
        return SuiteResult.of(outcomes);
    }

    private static Map<String, double[]> scores(
            EvaluatedModel model, String set, Rows rows, SuiteSettings settings, ResumableEvaluation evaluation) {
        List<Continuation> continuations =
                Continuation.of(model, rows.rows(), settings.maxNewTokens(), set + "-generations.jsonl", evaluation);
        return evaluation.numbers(Continuation.scored(set + ".jsonl"), MEASURES, continuations, batch -> {
            List<TokenScores> tokens =
                    model.answerScores(batch.stream().map(Continuation::asRow).toList());
            double[][] ofEach = new double[batch.size()][];
            Arrays.setAll(ofEach, i -> measures(batch.get(i).text(), tokens.get(i)));
            return List.of(ofEach);
        });
    }

    /** In the order of {@link #MEASURES}. */
    private static double[] measures(String text, TokenScores tokens) {
        return new double[] {
            Repetition.degenerate(text) ? 1 : 0,
            Repetition.repeatedShare(text),
            Repetition.distinctBigrams(text),
            tokens.meanEntropy()
        };
    }

    private static String metric(String set, String measure) {
        return "fluency/" + set + "-" + measure;
    }
}
