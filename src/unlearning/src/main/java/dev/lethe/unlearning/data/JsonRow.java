package dev.lethe.unlearning.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
        JsonNode id = object.path("id");
        return id.isIntegralNumber() ? id.asText() : text("id", "a string or an integer");
    }

    public String text(String field) {
        return text(field, "a string");
    }

    public @Nullable String optionalText(String field) {
        return object.path(field).isMissingNode() || object.path(field).isNull() ? null : text(field);
    }

    private String text(String field, String expected) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw InvalidInput.at(where, field, kind(value), expected);
        }
        return value.textValue();
    }

    private String names() {
        List<String> all = object.propertyStream().map(Map.Entry::getKey).toList();
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
