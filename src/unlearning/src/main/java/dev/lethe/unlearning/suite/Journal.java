package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.file.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers already found, one JSON object per line: {@code {"id": …, FIELD: …}}. Lines are only added. A last line that
 * was torn by a crash is dropped; its answer is found again.
 */
final class Journal {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION) // answers must not reach a log
            .build();

    private final Path file;
    private final String field;
    private final Map<String, JsonNode> answers = new LinkedHashMap<>();

    private Journal(Path file, String field) {
        this.file = file;
        this.field = field;
    }

    /**
     * Opens a journal and reads what it holds.
     *
     * @param file made with the first answer where it does not exist
     * @throws InvalidInput where a line other than a torn last one is not an answer
     */
    static Journal open(Path file, String field) {
        Journal journal = new Journal(file, field);
        try {
            if (Files.exists(file)) {
                journal.read();
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
        return journal;
    }

    /** All answers by id, in the order in which they were found. */
    Map<String, JsonNode> answers() {
        return Collections.unmodifiableMap(answers);
    }

    /** Adds answers and writes them through to the disk. An id that has an answer keeps it. */
    void add(Map<String, JsonNode> found) {
        StringBuilder lines = new StringBuilder();
        found.forEach((id, answer) -> {
            if (answers.putIfAbsent(id, answer) == null) {
                ObjectNode line = JSON.createObjectNode().put("id", id);
                line.set(field, answer);
                lines.append(line).append('\n');
            }
        });
        try {
            Files.writeString(
                    file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    private void read() throws IOException {
        byte[] bytes = InputFile.bytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        if (whole < bytes.length) {
            try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
                channel.truncate(whole);
            }
        }
        String text = new String(bytes, 0, whole, StandardCharsets.UTF_8);
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            JsonNode object = parsed(line);
            if (!object.path("id").isTextual() || !object.has(field)) {
                throw InvalidInput.at(
                        file + " line " + number,
                        "id, " + field,
                        "neither",
                        "an object that has both; remove the file to start over");
            }
            answers.putIfAbsent(object.get("id").textValue(), object.get(field));
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
