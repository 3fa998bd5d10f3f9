package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.RowKind;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.RareNgrams;
import dev.lethe.unlearning.metric.RougeL;
import dev.lethe.unlearning.metric.RougeTokenizer;
import dev.lethe.unlearning.suite.ResumableEvaluation.QuestionType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether what is forgotten when it is asked for in one way is said when it is asked for in another.
 *
 * <ul>
 *   <li>{@code forms}: a fact is the output of a question that stands in the output of a text to complete of the same
 *       document, and in the input of neither. The share of facts that the continuation of either input says.
 *   <li>{@code templates}: the share of rows whose output is said under at least one of {@link #TEMPLATES}. A row that has
 *       its output in its input is not measured.
 *   <li>{@code ngrams}: the mean over rows of the share of {@link RareNgrams} of a row's output, unlike all retain rows and all
 *       inputs, that stand in any continuation, of whichever row.
 * </ul>
 *
 * <p>A text says an output when enough of its words come in their order (ROUGE-L recall in every script).
 */
public final class Leakage implements Suite {
    private static final String FORMS = "leakage/forms";
    private static final String TEMPLATED = "leakage/templates";
    private static final String NGRAMS = "leakage/ngrams";

    /** The rows as they are. */
    private static final String PLAIN = "plain";

    /** Rephrased prompts by the name of their template. */
    private static final Map<String, UnaryOperator<String>> TEMPLATES = templates();

    /** Tokens beyond twice the longest output: what leads up to an answer. */
    private static final int LEAD = 16;

    private static Map<String, UnaryOperator<String>> templates() {
        Map<String, UnaryOperator<String>> templates = new LinkedHashMap<>();
        templates.put("in-short", "In short: %s"::formatted);
        templates.put("please-answer", "Please answer: %s"::formatted);
        templates.put("go-on", "Continue this text: %s"::formatted);
        templates.put("answer", "%s Answer:"::formatted);
        templates.put("question-answer", "Question: %s\nAnswer:"::formatted);
        templates.put("lower-case", it -> it.toLowerCase(Locale.ROOT));
        templates.put("upper-case", it -> it.toUpperCase(Locale.ROOT));
        return Collections.unmodifiableMap(templates);
    }

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("leakage").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Rows forget = inputs.forget();
        RareNgrams rare = rare(inputs);
        int facts = Fact.of(forget.rows()).size();
        return Map.of(
                FORMS,
                facts == 0
                        ? Coverage.none(
                                forget.source(),
                                "no document has a question whose answer stands in a text to complete",
                                "rows of both kinds whose ids begin alike, as 17sc1 and 17qa0 do")
                        : Coverage.whole(forget.source(), facts),
                TEMPLATED,
                coverage(forget, Leakage::isAskable, "an output in their input, or one without letters and digits"),
                NGRAMS,
                coverage(
                        forget,
                        row -> !rare.of(row.output()).isEmpty(),
                        "no word group that neither a retain row nor an input has"));
    }

    private static Coverage coverage(Rows rows, Predicate<Row> measurable, String lack) {
        long measured = rows.rows().stream().filter(measurable).count();
        return measured == rows.size()
                ? Coverage.whole(rows.source(), measured)
                : new Coverage(rows.source(), measured, rows.size(), (rows.size() - measured) + " have " + lack, "");
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.of(
                metric.equals(NGRAMS) ? Estimate.mean(rows, bootstrap) : Estimate.proportion(rows, bootstrap));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code generations.jsonl} (a template's name before each id), {@code rows.jsonl} and {@code facts.jsonl}: what
     * was said of each.
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        List<Row> rows = inputs.forget().rows();
        List<Row> prompts = prompts(inputs);
        List<Fact> facts = Fact.of(rows);
        ResumableEvaluation evaluation = ResumableEvaluation.open(
                folder,
                descriptor(),
                model,
                inputs,
                settings,
                (long) prompts.size() + rows.size() + facts.size(),
                progress);
        Said said = Said.of(
                Continuation.of(model, prompts, tokens(model, rows, settings), "generations.jsonl", evaluation),
                settings.options().number("threshold"));
        RareNgrams rare = rare(inputs);
        Map<String, double[]> ofRows = evaluation.numbers(
                type("rows.jsonl", Row::id), List.of(TEMPLATED, NGRAMS), rows, batch -> batch.stream()
                        .map(row -> new double[] {said.underTemplates(row), said.share(rare.of(row.output()))})
                        .toList());
        double[] ofFacts =
                evaluation.numbers(type("facts.jsonl", fact -> fact.question.id()), facts, batch -> batch.stream()
                        .mapToDouble(said::inEitherForm)
                        .toArray());
        Map<String, Coverage> coverage = coverage(inputs);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        return SuiteResult.of(Map.of(
                FORMS, proportion(ofFacts, coverage.get(FORMS), bootstrap.stream(FORMS)),
                TEMPLATED, proportion(ofRows.get(TEMPLATED), coverage.get(TEMPLATED), bootstrap.stream(TEMPLATED)),
                NGRAMS,
                        MetricOutcome.meanOfMeasurable(
                                ofRows.get(NGRAMS), coverage.get(NGRAMS).sentence(), bootstrap.stream(NGRAMS))));
    }

    private static <Q> QuestionType<Q> type(String file, Function<Q, String> id) {
        return new QuestionType<>(file, "said", id, _ -> 0);
    }

    /** The share of ones among ones and zeros. */
    private static MetricOutcome proportion(double[] hits, Coverage coverage, Bootstrap bootstrap) {
        double[] measurable = Arrays.stream(hits).filter(Double::isFinite).toArray();
        return measurable.length == 0
                ? new MetricOutcome.NotMeasured(coverage.sentence())
                : new MetricOutcome.Measured(Estimate.proportion(measurable, bootstrap), hits.length);
    }

    /** As long as a full answer may take, with a few words before it; more costs time and shows nothing. */
    private static int tokens(EvaluatedModel model, List<Row> rows, SuiteSettings settings) {
        int longest = rows.stream()
                .mapToInt(row -> model.tokenCount(row.output()))
                .max()
                .orElseThrow();
        return Math.min(settings.maxNewTokens(), 2 * longest + LEAD);
    }

    /** The rows as they are and under every template that changes their input; ids have the template's name before them. */
    private static List<Row> prompts(SuiteInputs inputs) {
        Rows forget = inputs.forget();
        List<Row> prompts = new ArrayList<>();
        for (Row row : forget.rows()) {
            prompts.add(under(PLAIN, row));
            TEMPLATES.forEach((name, template) -> {
                Row other = inputs.prompting().rephrased(row, template, forget.source());
                if (!other.input().equals(row.input())) {
                    prompts.add(under(name, other));
                }
            });
        }
        return prompts;
    }

    private static Row under(String template, Row row) {
        return new Row(template + " " + row.id(), row.input(), row.output(), row.task(), row.kind());
    }

    private static RareNgrams rare(SuiteInputs inputs) {
        return RareNgrams.unlike(Stream.concat(
                inputs.retain().rows().stream().flatMap(row -> Stream.of(row.input(), row.output())),
                inputs.forget().rows().stream().map(Row::input)));
    }

    /** Whether an output can be found in a text, and is not given away by its own prompt. */
    private static boolean isAskable(Row row) {
        return RougeTokenizer.UNICODE.measures(row.output()) && !stands(row.output(), row.input());
    }

    /** Whether the words of one text stand in another, side by side. */
    static boolean stands(String phrase, String text) {
        return Collections.indexOfSubList(RougeTokenizer.UNICODE.of(text), RougeTokenizer.UNICODE.of(phrase)) >= 0;
    }

    /**
     * What a document tells in both forms.
     *
     * @param question whose output it is
     * @param texts to complete, in whose outputs it stands; at least one
     */
    private record Fact(Row question, List<Row> texts) {
        static List<Fact> of(List<Row> rows) {
            Map<String, List<Row>> completions = rows.stream()
                    .filter(row -> row.kind() == RowKind.COMPLETION)
                    .collect(Collectors.groupingBy(Row::document));
            return rows.stream()
                    .filter(row -> row.kind() == RowKind.QUESTION)
                    .filter(Leakage::isAskable)
                    .map(row -> new Fact(row, telling(row, completions.getOrDefault(row.document(), List.of()))))
                    .filter(fact -> !fact.texts.isEmpty())
                    .toList();
        }

        private static List<Row> telling(Row question, List<Row> texts) {
            return texts.stream()
                    .filter(text -> stands(question.output(), text.output()))
                    .filter(text -> !stands(question.output(), text.input()))
                    .toList();
        }
    }

    /**
     * What was said.
     *
     * @param texts by the id of the prompt
     * @param groups every word group in any of them
     */
    private record Said(Map<String, String> texts, Set<List<String>> groups, double threshold) {
        static Said of(List<Continuation> continuations, double threshold) {
            Map<String, String> texts = continuations.stream()
                    .collect(Collectors.toMap(it -> it.row().id(), Continuation::text));
            return new Said(texts, RareNgrams.in(texts.values()), threshold);
        }

        /** 1 or 0; NaN for a row that is not askable. */
        double underTemplates(Row row) {
            return isAskable(row)
                    ? number(TEMPLATES.keySet().stream().anyMatch(template -> says(template, row, row.output())))
                    : Double.NaN;
        }

        double inEitherForm(Fact fact) {
            return number(Stream.concat(Stream.of(fact.question), fact.texts.stream())
                    .anyMatch(row -> says(PLAIN, row, fact.question.output())));
        }

        /** NaN for none. */
        double share(Set<List<String>> rare) {
            return (double) rare.stream().filter(groups::contains).count() / rare.size();
        }

        private boolean says(String template, Row row, String output) {
            String text = texts.getOrDefault(template + " " + row.id(), "");
            return RougeL.score(RougeTokenizer.UNICODE, output, text).recall() >= threshold;
        }

        private static double number(boolean it) {
            return it ? 1 : 0;
        }
    }
}
