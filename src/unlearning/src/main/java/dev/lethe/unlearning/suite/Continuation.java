package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lethe.unlearning.data.Row;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model says to a row's prompt.
 *
 * @param text greedy, without special tokens
 */
record Continuation(Row row, String text) {

    /**
     * A continuation of each row, found now or in an earlier run.
     *
     * @param file name of the journal
     */
    static List<Continuation> of(
            EvaluatedModel model, List<Row> rows, int maxNewTokens, String file, ResumableEvaluation evaluation) {
        ResumableEvaluation.QuestionType<Row> type = new ResumableEvaluation.QuestionType<>(
                file, "generation", Row::id, row -> row.input().length());
        List<JsonNode> texts = evaluation.answers(
                type,
                rows,
                batch -> model.generate(batch.stream().map(Row::input).toList(), maxNewTokens).stream()
                        .<JsonNode>map(JsonNodeFactory.instance::textNode)
                        .toList());
        return IntStream.range(0, rows.size())
                .mapToObj(i -> new Continuation(rows.get(i), texts.get(i).textValue()))
                .toList();
    }

    /** How measures of continuations are journalled. */
    static ResumableEvaluation.QuestionType<Continuation> scored(String file) {
        return new ResumableEvaluation.QuestionType<>(
                file,
                "scores",
                it -> it.row.id(),
                it -> it.row.input().length() + it.row.output().length());
    }

    /** The row as if the model's answer were the right one. */
    Row asRow() {
        return new Row(row.id(), row.input(), text, row.task(), row.kind());
    }
}
