package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.TokenScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a model is still good for. On held-out rows, or else on retain rows: the perplexity and the probability of the right
 * output, every row weighing the same, and ROUGE-L recall of the greedy continuation. On multiple-choice questions: the share
 * whose right choice has the least mean loss per token, the first of equals; the harness that ranks them so knows no chat template,
 * and they are in none.
 */
public final class Utility implements Suite {

    private static final String PERPLEXITY = "utility/perplexity";
    private static final String PROBABILITY = "utility/probability";
    private static final String ROUGE = "utility/rouge-l";
    private static final String ROUGE_UNICODE = "utility/rouge-l-unicode";
    private static final String CHOICES = "utility/choice-accuracy";
    private static final String NO_CHOICES = "no file of multiple-choice questions was named";

    private static final List<String> MEASURES = List.of("nll", "rouge-l", "rouge-l-unicode");

    private static final ResumableEvaluation.QuestionType<Row> CHOICE = new ResumableEvaluation.QuestionType<>(
            "choices.jsonl",
            "nll",
            Row::id,
            row -> row.input().length() + row.output().length());

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("utility").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Rows rows = rows(inputs);
        Coverage whole = Coverage.whole(rows.source(), rows.size());
        Path choices = inputs.file("choices");
        return Map.of(
                PERPLEXITY,
                whole,
                PROBABILITY,
                whole,
                ROUGE,
                coverage(rows, RowMeasure.REGURGITATION, ROUGE_UNICODE + " counts the letters of every script"),
                ROUGE_UNICODE,
                coverage(rows, RowMeasure.REGURGITATION_UNICODE, ""),
                CHOICES,
                choices == null
                        ? Coverage.none("suites", NO_CHOICES, "")
                        : Coverage.whole(
                                choices.toString(), ChoiceQuestion.read(choices).size()));
    }

    private static Coverage coverage(Rows rows, RowMeasure measure, String remedy) {
        long unread = rows.rows().stream()
                .filter(row -> !measure.measures(row.output()))
                .count();
        return unread == 0
                ? Coverage.whole(rows.source(), rows.size())
                : new Coverage(
                        rows.source(),
                        rows.size() - unread,
                        rows.size(),
                        "%d have no output that %s".formatted(unread, measure.reads()),
                        remedy);
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return metric.equals(PERPLEXITY) ? Optional.empty() : Optional.of(Estimate.mean(rows, bootstrap));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code generations.jsonl}, {@code outputs.jsonl} (the loss of each row's output and the ROUGE of its
     * continuation), and {@code choices.jsonl} (the loss of each choice, by the numbers of question and choice).
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        Rows rows = rows(inputs);
        Path choices = inputs.file("choices");
        List<ChoiceQuestion> questions = choices == null ? List.of() : ChoiceQuestion.read(choices);
        long total = 2L * rows.size()
                + questions.stream().mapToLong(it -> it.choices().size()).sum();
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());

        List<Continuation> continuations =
                Continuation.of(model, rows.rows(), settings.maxNewTokens(), "generations.jsonl", evaluation);
        Map<String, double[]> scores = evaluation.numbers(
                Continuation.scored("outputs.jsonl"), MEASURES, continuations, batch -> scores(model, batch));
        String lacks = "rows have no output with a finite likelihood";
        double[] nll = scores.get("nll");
        double[] probability = Arrays.stream(nll).map(it -> Math.exp(-it)).toArray();
        Map<String, Coverage> coverage = coverage(inputs);
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        outcomes.put(PERPLEXITY, MetricOutcome.of(nll, lacks, all -> Estimate.mean(all, bootstrap.stream(PERPLEXITY))
                .map(Math::exp)));
        outcomes.put(
                PROBABILITY,
                MetricOutcome.of(probability, lacks, all -> Estimate.mean(all, bootstrap.stream(PROBABILITY))));
        for (String rouge : List.of(ROUGE, ROUGE_UNICODE)) {
            double[] recall = scores.get(rouge.substring(rouge.indexOf('/') + 1));
            outcomes.put(
                    rouge,
                    MetricOutcome.meanOfMeasurable(recall, coverage.get(rouge).sentence(), bootstrap.stream(rouge)));
        }
        outcomes.put(CHOICES, accuracy(model, questions, evaluation, bootstrap.stream(CHOICES)));
        return SuiteResult.of(outcomes);
    }

    private static Rows rows(SuiteInputs inputs) {
        Rows heldOut = inputs.rows("heldOut");
        if (heldOut == null) {
            return inputs.retain();
        }
        heldOut.requireUntrained(List.of(inputs.forget(), inputs.retain()));
        return heldOut;
    }

    /** In the order of {@link #MEASURES}. */
    private static List<double[]> scores(EvaluatedModel model, List<Continuation> batch) {
        List<TokenScores> tokens =
                model.answerScores(batch.stream().map(Continuation::row).toList());
        double[][] ofEach = new double[batch.size()][];
        Arrays.setAll(ofEach, i -> new double[] {
            tokens.get(i).meanNll(),
            rouge(RowMeasure.REGURGITATION, batch.get(i)),
            rouge(RowMeasure.REGURGITATION_UNICODE, batch.get(i))
        });
        return List.of(ofEach);
    }

    private static double rouge(RowMeasure measure, Continuation continuation) {
        String reference = continuation.row().output();
        return measure.measures(reference) ? measure.score(reference, continuation.text()) : Double.NaN;
    }

    private static MetricOutcome accuracy(
            EvaluatedModel model, List<ChoiceQuestion> questions, ResumableEvaluation evaluation, Bootstrap bootstrap) {
        if (questions.isEmpty()) {
            return new MetricOutcome.NotMeasured(NO_CHOICES);
        }
        List<Row> rows = IntStream.range(0, questions.size())
                .boxed()
                .flatMap(i -> questions.get(i).asRows(String.valueOf(i + 1)))
                .toList();
        double[] nll = evaluation.numbers(CHOICE, rows, batch -> model.answerScores(batch).stream()
                .mapToDouble(TokenScores::meanNll)
                .toArray());
        List<Double> correct = new ArrayList<>(questions.size());
        int at = 0;
        for (ChoiceQuestion question : questions) {
            double[] ofChoices =
                    Arrays.copyOfRange(nll, at, at + question.choices().size());
            correct.add(correct(ofChoices, question.answer()));
            at += ofChoices.length;
        }
        return MetricOutcome.of(
                correct.stream().mapToDouble(Double::doubleValue).toArray(),
                "questions have a choice without a finite likelihood",
                all -> Estimate.mean(all, bootstrap));
    }

    /** 1 where the right choice is the likeliest; NaN where a likelihood is no number. */
    private static double correct(double[] nll, int answer) {
        int best = 0;
        for (int i = 0; i < nll.length; i++) {
            if (!Double.isFinite(nll[i])) {
                return Double.NaN;
            }
            best = nll[i] < nll[best] ? i : best;
        }
        return best == answer ? 1 : 0;
    }
}
