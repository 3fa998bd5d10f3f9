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
import dev.lethe.merge.file.InputFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;

/**
 * Reads a file of objects as people write it: JSON Lines, a JSON array, or one object in pandas' column orientation
 * ({@code {"id": {"0": …}, "input": {"0": …}, …}}). Byte order marks and blank lines are skipped, as {@code datasets} and
 * pandas skip them, and NaN and infinities, which Python writes, are numbers. Never quotes what the file says.
 */
public final class JsonRows {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final String NOT_JSON = "text that is not JSON, or a field twice";

    private final String source;

    private JsonRows(String source) {
        this.source = source;
    }

    /**
     * Reads a file, row by row.
     *
     * @param as turns a row into what is wanted of it
     * @throws InvalidInput where the file is unreadable or not UTF-8, or a row is no object with each field once
     */
    public static <T> List<T> read(Path file, Function<JsonRow, T> as) {
        return read(file.toString(), InputFile.bytes(file), as);
    }

    /** @param source the file that the bytes are of, as errors name it */
    static <T> List<T> read(String source, byte[] bytes, Function<JsonRow, T> as) {
        return new JsonRows(source).rows(bytes, as);
    }

    private <T> List<T> rows(byte[] bytes, Function<JsonRow, T> as) {
        List<String> lines = lines(bytes);
        String first =
                lines.stream().filter(line -> !line.isBlank()).findFirst().orElse("");
        if (first.stripLeading().startsWith("[")) {
            return ofArray(lines, as);
        }
        JsonNode begin = parse(first);
        if (begin.isObject() && !isColumns(begin)) {
            return ofLines(lines, as);
        }
        JsonNode whole = parse(String.join("\n", lines));
        return isColumns(whole) ? ofColumns(whole, as) : ofLines(lines, as);
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
                String line = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, start, end - start))
                        .toString();
                // Files that were put together have a mark wherever one of them began.
                lines.add(line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line);
            } catch (CharacterCodingException e) {
                throw InvalidInput.at(line(lines.size()), "text", "bytes that are not UTF-8", "UTF-8");
            }
            start = end + 1;
        }
        return lines;
    }

    private <T> List<T> ofLines(List<String> lines, Function<JsonRow, T> as) {
        List<T> rows = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(as.apply(row(line(i), parse(lines.get(i)))));
            }
        }
        return rows;
    }

    private <T> List<T> ofArray(List<String> lines, Function<JsonRow, T> as) {
        List<T> rows = new ArrayList<>();
        try {
            for (JsonNode object : JSON.readTree(String.join("\n", lines))) {
                rows.add(as.apply(row(entry(rows.size()), object)));
            }
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(line(e.getLocation().getLineNr() - 1), "rows", NOT_JSON, "an array of objects");
        }
        return rows;
    }

    private static boolean isColumns(JsonNode whole) {
        return whole.isObject() && !whole.isEmpty() && whole.valueStream().allMatch(JsonNode::isObject);
    }

    /** A row for each key that any column has. */
    private <T> List<T> ofColumns(JsonNode columns, Function<JsonRow, T> as) {
        LinkedHashSet<String> keys = new LinkedHashSet<>();
        columns.forEach(column -> column.fieldNames().forEachRemaining(keys::add));
        List<T> rows = new ArrayList<>(keys.size());
        for (String key : keys) {
            ObjectNode object = JSON.createObjectNode();
            columns.propertyStream()
                    .filter(column -> column.getValue().has(key))
                    .forEach(column ->
                            object.set(column.getKey(), column.getValue().get(key)));
            rows.add(as.apply(new JsonRow(entry(rows.size()), object)));
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

    private String line(int index) {
        return source + " line " + (index + 1);
    }

    private String entry(int index) {
        return source + " row " + (index + 1);
    }
}
