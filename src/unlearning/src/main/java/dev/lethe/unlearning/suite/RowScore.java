package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How much of one row's output a system still gives, by one measure.
 *
 * @param id of the row
 * @param measure of the row's kind; where the row has no kind, any
 * @param task of the row, null where it names none
 * @param kindless whether the row has no kind
 * @param value 0..1; null where the row cannot be measured, whatever the system says
 */
record RowScore(String id, RowMeasure measure, @Nullable String task, boolean kindless, @Nullable Double value) {

    /**
     * The scores of one split, in the order of its rows: one for each measure of a row's kind, and an empty one for every
     * measure where a row has no kind. Official measures compare texts as they come back from the evaluator's CSV file.
     */
    static List<RowScore> of(List<Row> rows, Function<Row, String> generation) {
        List<String> references = rows.stream().map(Row::output).toList();
        List<String> answers = rows.stream().map(generation).toList();
        List<String> officialReferences = PandasColumn.asRead(references);
        List<String> officialAnswers = PandasColumn.asRead(answers);
        List<RowScore> scores = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            for (RowMeasure measure : RowMeasure.values()) {
                String reference = (measure.official() ? officialReferences : references).get(i);
                String answer = (measure.official() ? officialAnswers : answers).get(i);
                if (row.kind() == null) {
                    scores.add(new RowScore(row.id(), measure, row.task(), true, null));
                } else if (row.kind() == measure.kind()) {
                    Double value = measure.measures(reference) ? measure.score(reference, answer) : null;
                    scores.add(new RowScore(row.id(), measure, row.task(), false, value));
                }
            }
        }
        return scores;
    }

    /**
     * Writes the scores of all splits as JSON Lines, without any text of a row.
     *
     * @param splits scores by the name of their split
     */
    static void write(Path file, SequencedMap<String, List<RowScore>> splits) {
        StringBuilder lines = new StringBuilder();
        splits.forEach((split, scores) -> scores.forEach(score -> lines.append(JsonNodeFactory.instance
                        .objectNode()
                        .put("split", split)
                        .put("id", score.id)
                        .put("task", score.task)
                        .put("kind", score.measure.metric())
                        .put("score", score.value))
                .append('\n')));
        try {
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }
}
