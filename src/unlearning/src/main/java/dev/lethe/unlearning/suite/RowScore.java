package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lethe.unlearning.data.Row;
import dev.lethe.weights.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of one row's output a system still gives.
 *
 * @param id of the row
 * @param kind of the row
 * @param task of the row, null where it names none
 * @param value 0..1
 */
record RowScore(String id, RowKind kind, @Nullable String task, double value) {

    /**
     * The scores of one split, in the order of its rows; rows without a kind have none. Texts are compared as they come
     * back from the evaluator's CSV file ({@link CsvColumn}).
     */
    static List<RowScore> of(List<Row> rows, Map<String, String> generations) {
        List<String> references =
                CsvColumn.asRead(rows.stream().map(Row::output).toList());
        List<String> answers = CsvColumn.asRead(
                rows.stream().map(row -> generations.get(row.id())).toList());
        List<RowScore> scores = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            Optional<RowKind> kind = RowKind.ofId(row.id());
            if (kind.isPresent()) {
                double value = kind.get().score(references.get(i), answers.get(i));
                scores.add(new RowScore(row.id(), kind.get(), row.task(), value));
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
                        .put("kind", score.kind.metric())
                        .put("score", score.value))
                .append('\n')));
        try {
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }
}
