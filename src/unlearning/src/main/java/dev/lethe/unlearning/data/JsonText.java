package dev.lethe.unlearning.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Objects in a text of JSON. Blank lines are skipped, as {@code datasets} and pandas skip them, and NaN and infinities, which
 * Python writes, are numbers.
 *
 * @param form which of the three forms of JSON it is
 */
record JsonText(RowForm form, List<JsonRow> rows) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final String NOT_JSON = "text that is not JSON, or a field twice";

    /** @throws InvalidInput where a row is no object with each field once */
    static JsonText read(TextLines text) {
        if (text.first().stripLeading().startsWith("[")) {
            return new JsonText(RowForm.JSON_ARRAY, ofArray(text));
        }
        JsonNode begin = parse(text.first());
        if (!begin.isObject() || isColumns(begin)) {
            JsonNode whole = parse(text.whole());
            if (isColumns(whole)) {
                return new JsonText(RowForm.JSON_COLUMNS, ofColumns(text.source(), whole));
            }
        }
        return new JsonText(RowForm.JSON_LINES, ofLines(text));
    }

    private static List<JsonRow> ofLines(TextLines text) {
        List<JsonRow> rows = new ArrayList<>(text.lines().size());
        for (int i = 0; i < text.lines().size(); i++) {
            String line = text.lines().get(i);
            if (!line.isBlank()) {
                rows.add(row(text.source() + " line " + (i + 1), parse(line)));
            }
        }
        return rows;
    }

    private static List<JsonRow> ofArray(TextLines text) {
        List<JsonRow> rows = new ArrayList<>();
        try {
            for (JsonNode object : JSON.readTree(text.whole())) {
                rows.add(row(JsonRow.place(text.source(), rows.size()), object));
            }
        } catch (JsonProcessingException e) {
            String line = text.source() + " line " + e.getLocation().getLineNr();
            throw InvalidInput.at(line, "rows", NOT_JSON, "an array of objects");
        }
        return rows;
    }

    private static boolean isColumns(JsonNode whole) {
        return whole.isObject() && !whole.isEmpty() && whole.valueStream().allMatch(JsonNode::isObject);
    }

    /** A row for each key that any column has. */
    private static List<JsonRow> ofColumns(String source, JsonNode columns) {
        LinkedHashSet<String> keys = new LinkedHashSet<>();
        columns.forEach(column -> column.fieldNames().forEachRemaining(keys::add));
        List<JsonRow> rows = new ArrayList<>(keys.size());
        for (String key : keys) {
            ObjectNode object = JSON.createObjectNode();
            columns.propertyStream()
                    .filter(column -> column.getValue().has(key))
                    .forEach(column ->
                            object.set(column.getKey(), column.getValue().get(key)));
            rows.add(new JsonRow(JsonRow.place(source, rows.size()), object));
        }
        return rows;
    }

    private static JsonRow row(String where, JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new JsonRow(where, object);
        }
        throw InvalidInput.at(
                where,
                "row",
                node.isMissingNode() ? NOT_JSON : JsonRow.kind(node),
                "one JSON object with each field once");
    }

    /** A missing node where the text is not JSON, has something after it, or names a field twice. */
    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance(); // its message may quote the row
        }
    }
}
