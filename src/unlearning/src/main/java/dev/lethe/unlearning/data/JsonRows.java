package dev.lethe.unlearning.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.file.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The rows of a file as objects, whatever {@link RowForm} it has: Parquet is told by its first bytes, JSON by how it begins, CSV by
 * the file's name. Errors never quote what the file says.
 *
 * @param source the file, as errors name it
 * @param digest {@code sha256:…} of the file's bytes
 * @param rows in the order of the file
 */
public record JsonRows(String source, RowForm form, String digest, List<JsonRow> rows) {
    public JsonRows {
        rows = List.copyOf(rows);
    }

    /** @throws InvalidInput where the file is unreadable, or is not what it seems to be */
    public static JsonRows read(Path file) {
        byte[] bytes = InputFile.bytes(file);
        String source = file.toString();
        String digest = Digest.ofBytes(bytes);
        if (RowForm.isParquet(bytes)) {
            return new JsonRows(source, RowForm.PARQUET, digest, ParquetRows.read(source, bytes));
        }
        if (source.toLowerCase(Locale.ROOT).endsWith(".parquet")) {
            throw InvalidInput.at(source, "form", "another than its name says", "Parquet, which begins with PAR1");
        }
        TextLines text = TextLines.of(source, bytes);
        if (RowForm.isCsv(source, text.first())) {
            return new JsonRows(source, RowForm.CSV, digest, CsvRows.read(text));
        }
        JsonText json = JsonText.read(text);
        return new JsonRows(source, json.form(), digest, json.rows());
    }

    /**
     * Writes rows as JSON Lines of {@code id}, {@code input} and {@code output} (of a chat {@code messages}) and, where it is known,
     * {@code kind}.
     */
    public static void write(Path file, List<Row> rows) {
        StringBuilder lines = new StringBuilder();
        for (Row row : rows) {
            ObjectNode object = JsonNodeFactory.instance.objectNode().put("id", row.id());
            if (row.chat().isEmpty()) {
                object.put("input", row.input()).put("output", row.output());
            } else {
                ArrayNode messages = object.putArray("messages");
                row.chat().forEach(turn -> say(messages, turn.role(), turn.content()));
                say(messages, "assistant", row.output());
            }
            if (row.kind() != null) {
                object.put("kind", row.kind().code());
            }
            lines.append(object).append('\n');
        }
        try {
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    private static void say(ArrayNode messages, String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    /**
     * Reads a file, row by row.
     *
     * @param as turns a row into what is wanted of it
     * @throws InvalidInput as above, or as {@code as} throws it
     */
    public static <T> List<T> read(Path file, Function<JsonRow, T> as) {
        return read(file).rows.stream().map(as).toList();
    }
}
