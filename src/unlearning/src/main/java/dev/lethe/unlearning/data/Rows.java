package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.file.InputFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A set of rows in the order of its file, never empty, with unique ids.
 *
 * <p>Errors name the file, the line and the field, and never what a row says: forget data must not reach a log.
 *
 * @param source the file, as errors name it
 * @param rows in the order of the file
 * @param digest {@code sha256:…} of the file's bytes
 */
public record Rows(String source, List<Row> rows, String digest) {

    private record Text(String input, String output) {
        static Text of(Row row) {
            return new Text(row.input(), row.output());
        }
    }

    public Rows {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw InvalidInput.at(source, "rows", "none", "at least one row");
        }
        requireUniqueIds(source, rows);
    }

    /**
     * Reads a set in any form of {@link JsonRows}: objects with the strings {@code id} (or an integer), {@code input},
     * {@code output} and optionally {@code task} and {@code kind} ({@code sc} or {@code qa}; without it the id tells). Other
     * fields are ignored.
     *
     * @throws InvalidInput where the file is unreadable, empty or not UTF-8, or a row is not such an object, lacks a field,
     *     has it twice or in another type, or repeats an id
     */
    public static Rows read(Path file) {
        byte[] bytes = InputFile.bytes(file);
        return new Rows(file.toString(), JsonRows.read(file.toString(), bytes, Rows::row), Digest.ofBytes(bytes));
    }

    private static Row row(JsonRow json) {
        String id = json.requiring("id", "input", "output").id();
        String output = json.text("output");
        if (output.isEmpty()) {
            throw InvalidInput.at(json.where(), "output", "an empty string", "an answer");
        }
        return new Row(id, json.text("input"), output, json.optionalText("task"), kind(json, id));
    }

    private static @Nullable RowKind kind(JsonRow json, String id) {
        String code = json.optionalText("kind");
        return code == null
                ? RowKind.ofId(id).orElse(null)
                : RowKind.ofCode(code)
                        .orElseThrow(() -> InvalidInput.at(json.where(), "kind", "another text", RowKind.CODES));
    }

    public int size() {
        return rows.size();
    }

    /**
     * Refuses a row to forget that is also to be kept, by its id or by its text.
     *
     * @throws InvalidInput naming how many rows are in both sets and where the first one stands
     */
    public static void requireDisjoint(Rows forget, Rows retain) {
        Set<String> ids = retain.rows.stream().map(Row::id).collect(Collectors.toSet());
        Set<Text> texts = retain.texts();
        forget.requireNone(
                row -> ids.contains(row.id()) || texts.contains(Text.of(row)),
                retain,
                "id, input and output",
                "forget and retain sets without a common row");
    }

    /**
     * Refuses a row to forget whose text is also to be learned. It may share its id with the row that has its instruction.
     *
     * @throws InvalidInput naming how many texts are in both sets and where the first one stands
     */
    public static void requireOtherTexts(Rows forget, Rows decouple) {
        Set<Text> texts = decouple.texts();
        forget.requireNone(
                row -> texts.contains(Text.of(row)),
                decouple,
                "input and output",
                "decoupled rows with another context or answer");
    }

    private Set<Text> texts() {
        return rows.stream().map(Text::of).collect(Collectors.toSet());
    }

    private void requireNone(Predicate<Row> shared, Rows other, String field, String expected) {
        List<Integer> found = IntStream.range(0, size())
                .filter(i -> shared.test(rows.get(i)))
                .boxed()
                .toList();
        if (!found.isEmpty()) {
            throw InvalidInput.at(
                    source + " row " + (found.getFirst() + 1),
                    field,
                    "%d rows that are also in %s".formatted(found.size(), other.source),
                    expected);
        }
    }

    private static void requireUniqueIds(String source, List<Row> rows) {
        Map<String, Integer> rowOfId = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Integer first = rowOfId.putIfAbsent(rows.get(i).id(), i);
            if (first != null) {
                throw InvalidInput.at(
                        source + " row " + (i + 1), "id", "the id of row " + (first + 1), "an id of its own");
            }
        }
    }
}
