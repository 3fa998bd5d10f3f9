package dev.lethe.unlearning.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.catalog.Named;
import dev.lethe.merge.InvalidInput;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One object of a file. Errors name the place and the field, and never what the file says.
 *
 * @param where the file and the line or row, as errors name it
 */
public record JsonRow(String where, ObjectNode object) {
    /** Names that data sets use; others are only counted, since they may be secret. */
    private static final Set<String> FAMILIAR = Set.of(
            "id",
            "input",
            "output",
            "task",
            "kind",
            "answer",
            "choices",
            "completion",
            "content",
            "context",
            "conversations",
            "document",
            "generation",
            "instruction",
            "label",
            "messages",
            "prediction",
            "prompt",
            "query",
            "question",
            "response",
            "solution",
            "source",
            "subject",
            "target",
            "text",
            "title");

    /** @throws InvalidInput naming all of these fields that are missing */
    public JsonRow requiring(String... fields) {
        List<String> missing =
                Stream.of(fields).filter(field -> !object.has(field)).toList();
        if (!missing.isEmpty()) {
            throw InvalidInput.at(
                    where,
                    "fields",
                    names(),
                    "%s (missing: %s)".formatted(String.join(", ", fields), String.join(", ", missing)));
        }
        return this;
    }

    /** A text, or an integer in its place: data sets number their rows. */
    public String id() {
        return id("id");
    }

    String id(String field) {
        JsonNode id = object.path(field);
        return id.isIntegralNumber() ? id.asText() : text(field, "a string or an integer");
    }

    public String text(String field) {
        return text(field, "a string");
    }

    /** Null where the field is absent, null or, as CSV has what is absent, empty. */
    public @Nullable String optionalText(String field) {
        JsonNode value = object.path(field);
        boolean absent = value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isEmpty());
        return absent ? null : text(field);
    }

    boolean has(String field) {
        return object.has(field);
    }

    /** @throws InvalidInput naming the field that is probably meant, where the row has none of that name */
    void requireColumn(RowColumn column, String field) {
        if (!object.has(field)) {
            throw InvalidInput.at(
                    where,
                    "columns." + column.name().toLowerCase(Locale.ROOT),
                    "no field '" + field + "'",
                    Named.nearest(field, fields())
                            .map(near -> "'" + near + "'?")
                            .orElseGet(() -> "one that the row has: " + names()));
        }
    }

    private List<String> fields() {
        return object.propertyStream().map(Map.Entry::getKey).toList();
    }

    /** A row of a file that has no line of its own for each. */
    static String place(String source, int index) {
        return source + " row " + (index + 1);
    }

    private String text(String field, String expected) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw InvalidInput.at(where, field, kind(value), expected);
        }
        return value.textValue();
    }

    String names() {
        List<String> all = fields();
        List<String> known = all.stream().filter(FAMILIAR::contains).toList();
        int others = all.size() - known.size();
        return all.isEmpty()
                ? "none"
                : Stream.concat(known.stream(), others == 0 ? Stream.empty() : Stream.of(others + " of other names"))
                        .collect(Collectors.joining(", "));
    }

    /** What kind of value it is; never the value. */
    static String kind(JsonNode value) {
        return value.isMissingNode()
                ? "nothing"
                : "a JSON " + value.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
