package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
 * @param format how the file has them; null for rows that were not read
 */
public record Rows(String source, List<Row> rows, String digest, @Nullable RowFormat format) {

    private record Text(String input, String output) {
        static Text of(Row row) {
            return new Text(row.plainInput(), row.output());
        }
    }

    public Rows {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw InvalidInput.at(source, "rows", "none", "at least one row");
        }
        requireUniqueIds(source, rows);
    }

    /** Rows that were not read. */
    public Rows(String source, List<Row> rows, String digest) {
        this(source, rows, digest, null);
    }

    /** Reads a set under its fields' common names. */
    public static Rows read(Path file) {
        return read(file, "", Map.of());
    }

    /**
     * Reads a set in any form of {@link JsonRows}, with its prompts and answers under any of the names of {@link RowFields}.
     * Fields {@code task} and {@code kind} ({@code sc} or {@code qa}; without it the id tells, and then the names) may be
     * absent; so may {@code id}, where the first row has none: row N then is {@code ROLE-row-N}. Other fields are ignored.
     *
     * @param role of the set, of which ids are made: rows of two sets must not share one; empty for {@code row-N}
     * @param columns the fields that have other names
     * @throws InvalidInput where the file is unreadable or empty, its first row does not tell what is prompt and answer, or a
     *     row lacks a field that the first one has, has it in another type, or repeats an id
     */
    public static Rows read(Path file, String role, Map<RowColumn, String> columns) {
        return read(file, role, first -> RowFields.of(first, columns));
    }

    /**
     * The same, of which the prompts alone are read: answers, where there are any, are left out. Of a chat the prompt is all but
     * an answer at its end.
     *
     * @throws InvalidInput as above, or where the rows are documents, which have no prompt
     */
    public static Rows readPrompts(Path file, String role, Map<RowColumn, String> columns) {
        return read(file, role, first -> RowFields.ofPrompts(first, columns));
    }

    private static Rows read(Path file, String role, Function<JsonRow, RowFields> fieldsOf) {
        JsonRows objects = JsonRows.read(file);
        if (objects.rows().isEmpty()) {
            throw InvalidInput.at(objects.source(), "rows", "none", "at least one row");
        }
        RowFields fields = fieldsOf.apply(objects.rows().getFirst());
        String stem = role.isEmpty() ? "row-" : role + "-row-";
        List<Row> rows = new ArrayList<>(objects.rows().size());
        for (JsonRow object : objects.rows()) {
            rows.add(fields.row(object, stem + (rows.size() + 1)));
        }
        RowFormat format = new RowFormat(objects.form(), fields.names(), Templating.NONE);
        return new Rows(objects.source(), rows, objects.digest(), format);
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

    /**
     * Refuses a prompt of a row to forget among prompts that the model is to answer: it would be held to what it is to forget.
     *
     * @throws InvalidInput naming how many prompts are in both sets and where the first one stands
     */
    public static void requireOtherPrompts(Rows forget, Rows decouple) {
        Set<String> prompts = decouple.rows.stream().map(Row::plainInput).collect(Collectors.toSet());
        forget.requireNone(
                row -> prompts.contains(row.plainInput()), decouple, "input", "decoupled prompts with another context");
    }

    /**
     * Refuses rows that are measured as held out, and whose text is trained on.
     *
     * @throws InvalidInput naming how many rows are also in a set, and where the first one stands
     */
    public void requireUntrained(List<Rows> trained) {
        trained.forEach(set -> {
            Set<Text> texts = set.texts();
            requireNone(row -> texts.contains(Text.of(row)), set, "input and output", "rows that were held out");
        });
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
