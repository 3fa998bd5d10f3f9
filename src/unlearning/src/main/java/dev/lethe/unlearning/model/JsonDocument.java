package dev.lethe.unlearning.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A JSON object and its name in messages. Its fields are read strictly; null counts as absent. */
public record JsonDocument(String name, ObjectNode json) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Reads a file that has to hold one object. */
    public static JsonDocument read(Path file) {
        try {
            JsonNode node = JSON.readTree(InputFile.regular(file).toFile());
            if (!(node instanceof ObjectNode object)) {
                throw InvalidInput.at(file.toString(), "document", kind(node), "a JSON object");
            }
            return new JsonDocument(file.toString(), object);
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file.toString(), "JSON", e.getOriginalMessage(), "a JSON object");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** The value of a field, empty where it is absent or null. */
    public Optional<JsonNode> field(String field) {
        return Optional.ofNullable(json.get(field)).filter(value -> !value.isNull());
    }

    /** A whole number of at least {@code least}. */
    public Optional<Integer> integer(String field, int least) {
        return field(field).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
                throw refused(field, "an integer of at least " + least);
            }
            return value.intValue();
        });
    }

    /** A number above 0. */
    public Optional<Double> positive(String field) {
        return field(field).map(value -> {
            if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
                throw refused(field, "a number above 0");
            }
            return value.doubleValue();
        });
    }

    public Optional<Boolean> bool(String field) {
        return field(field).map(value -> {
            if (!value.isBoolean()) {
                throw refused(field, "true or false");
            }
            return value.booleanValue();
        });
    }

    public Optional<String> text(String field) {
        return field(field).map(value -> {
            if (!value.isTextual()) {
                throw refused(field, "a string");
            }
            return value.textValue();
        });
    }

    /** A field that holds an object of its own. */
    public Optional<JsonDocument> object(String field) {
        return field(field).map(value -> {
            if (!(value instanceof ObjectNode object)) {
                throw refused(field, "an object");
            }
            return new JsonDocument(name + ": " + field, object);
        });
    }

    /** The error of a field whose value is not what was expected. */
    public InvalidInput refused(String field, String expected) {
        JsonNode value = json.get(field);
        String found = value == null ? "nothing" : value.isContainerNode() ? kind(value) : value.toString();
        return InvalidInput.at(name, field, found, expected);
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case MISSING -> "nothing";
            default -> node.toString();
        };
    }
}
