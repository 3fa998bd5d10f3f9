package dev.lethe.unlearning.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lethe.merge.InvalidInput;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one file, in either of its two forms. Never quotes what the file says. */
final class RowParser {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final List<String> NEEDED = List.of("id", "input", "output");
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
            "instruction",
            "label",
            "messages",
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

    private final String source;

    RowParser(String source) {
        this.source = source;
    }

    List<Row> parse(byte[] bytes) {
        List<String> lines = lines(bytes);
        JsonNode columns = columns(lines);
        return columns == null ? jsonLines(lines) : columnRows(columns);
    }

    /** The lines of the file; the last line break ends the last line and begins no other. */
    private List<String> lines(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            try {
                lines.add(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, start, end - start))
                        .toString());
            } catch (CharacterCodingException e) {
                throw InvalidInput.at(line(lines.size()), "text", "bytes that are not UTF-8", "UTF-8");
            }
            start = end + 1;
        }
        return lines;
    }

    /** The file as one object of columns, or null where it is none: a row's {@code input} is text, a column an object. */
    private static @Nullable JsonNode columns(List<String> lines) {
        if (lines.isEmpty() || parse(lines.getFirst()).path("input").isTextual()) {
            return null;
        }
        JsonNode whole = parse(String.join("\n", lines));
        return whole.path("input").isObject() ? whole : null;
    }

    private List<Row> jsonLines(List<String> lines) {
        List<Row> rows = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String where = line(i);
            JsonNode object = parse(lines.get(i));
            if (!object.isObject()) {
                String found = object.isMissingNode() ? "text that is not JSON, or a field twice" : found(object);
                throw InvalidInput.at(where, "row", found, "one JSON object with each field once");
            }
            rows.add(row(where, object.propertyStream().map(Map.Entry::getKey).toList(), object::path));
        }
        return rows;
    }

    private List<Row> columnRows(JsonNode columns) {
        List<Row> rows = new ArrayList<>();
        List<String> fields = columns.propertyStream().map(Map.Entry::getKey).toList();
        for (String index : (Iterable<String>) columns.path("input")::fieldNames) {
            String where = source + " row " + (rows.size() + 1);
            rows.add(row(where, fields, field -> columns.path(field).path(index)));
        }
        for (String column : List.of("id", "output")) {
            if (columns.path(column).size() != rows.size()) {
                throw InvalidInput.at(
                        source, column, columns.path(column).size() + " entries", rows.size() + ", as input has");
            }
        }
        return rows;
    }

    /**
     * @param fields that are there
     * @param value of a field; a missing node where there is none
     */
    private static Row row(String where, List<String> fields, Function<String, JsonNode> value) {
        List<String> missing = NEEDED.stream()
                .filter(field -> value.apply(field).isMissingNode())
                .toList();
        if (!missing.isEmpty()) {
            throw InvalidInput.at(
                    where,
                    "fields",
                    names(fields),
                    "%s (missing: %s)".formatted(String.join(", ", NEEDED), String.join(", ", missing)));
        }
        String id = text(where, "id", value.apply("id"));
        return new Row(
                id,
                text(where, "input", value.apply("input")),
                answer(where, value.apply("output")),
                optionalText(where, "task", value.apply("task")),
                kind(where, id, value.apply("kind")));
    }

    /** Names that data sets use; other names are only counted, since they may be secret. */
    private static String names(List<String> fields) {
        List<String> known = fields.stream().filter(FAMILIAR::contains).toList();
        int others = fields.size() - known.size();
        return fields.isEmpty()
                ? "none"
                : Stream.concat(known.stream(), others == 0 ? Stream.empty() : Stream.of(others + " of other names"))
                        .collect(Collectors.joining(", "));
    }

    private static @Nullable RowKind kind(String where, String id, JsonNode value) {
        String code = optionalText(where, "kind", value);
        return code == null
                ? RowKind.ofId(id).orElse(null)
                : RowKind.ofCode(code).orElseThrow(() -> InvalidInput.at(where, "kind", "another text", RowKind.CODES));
    }

    private static String text(String where, String field, JsonNode value) {
        if (!value.isTextual()) {
            throw InvalidInput.at(where, field, found(value), "a string");
        }
        return value.textValue();
    }

    private static String answer(String where, JsonNode value) {
        String answer = text(where, "output", value);
        if (answer.isEmpty()) {
            throw InvalidInput.at(where, "output", "an empty string", "an answer");
        }
        return answer;
    }

    private static @Nullable String optionalText(String where, String field, JsonNode value) {
        return value.isMissingNode() || value.isNull() ? null : text(where, field, value);
    }

    /** A missing node where the text is not JSON, has something after it, or names a field twice. */
    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance(); // its message may quote the row
        }
    }

    /** What kind of value it is; never the value. */
    private static String found(JsonNode value) {
        return value.isMissingNode()
                ? "nothing"
                : "a JSON " + value.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private String line(int index) {
        return source + " line " + (index + 1);
    }
}
