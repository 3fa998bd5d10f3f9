package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.catalog.SuiteDescriptor.Good;
import dev.lethe.catalog.SuiteDescriptor.Metric;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A suite as docs/extending.md has it: how many characters the answers to forget rows have. */
final class AnswerLength implements Suite {
    private static final String CHARACTERS = "answer-length/characters";

    private static final SuiteDescriptor DESCRIPTOR = new SuiteDescriptor(
            "answer-length",
            "How much the model says.",
            List.of(new Metric(
                    "characters", Good.LOWER, 0, Double.MAX_VALUE, List.of(), List.of(), "Characters of an answer.")),
            List.of(),
            new Semeval2025().descriptor().options(),
            "this test",
            "0.1");

    private static final ResumableEvaluation.QuestionType<Row> QUESTIONS = new ResumableEvaluation.QuestionType<>(
            "lengths.jsonl", "length", Row::id, row -> row.input().length());

    @Override
    public SuiteDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        return Map.of(
                CHARACTERS,
                Coverage.whole(inputs.forget().source(), inputs.forget().size()));
    }

    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        List<Row> rows = inputs.forget().rows();
        Map<String, String> identity =
                Map.of("subject", model.identity(), "forget", inputs.forget().digest());
        ResumableEvaluation evaluation = ResumableEvaluation.open(folder, identity, settings, rows.size(), progress);
        double[] lengths = evaluation
                .answers(
                        QUESTIONS,
                        rows,
                        batch ->
                                model
                                        .generate(batch.stream().map(Row::input).toList(), settings.maxNewTokens())
                                        .stream()
                                        .<com.fasterxml.jackson.databind.JsonNode>map(
                                                text -> JsonNodeFactory.instance.numberNode(text.length()))
                                        .toList())
                .stream()
                .mapToDouble(length -> length.doubleValue())
                .toArray();
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed()).stream(CHARACTERS);
        return SuiteResult.of(Map.of(CHARACTERS, new MetricOutcome.Measured(Estimate.mean(lengths, bootstrap))));
    }
}
