package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Answers already found, one JSON object per line: {@code {"id": …, FIELD: …}}. Lines are only added. A last line that
 * was torn by a crash is dropped, and its question is asked again.
 */
final class AnswerJournal {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION) // answers must not reach a log
            .build();

    private final Path file;
    private final String field;
    private final AnswerSeals seals;
    private final Map<String, JsonNode> answers = new LinkedHashMap<>();
    private int lines;

    private AnswerJournal(Path file, String field, AnswerSeals seals) {
        this.file = file;
        this.field = field;
        this.seals = seals;
    }

    /**
     * Opens a journal and reads what it holds. Lines that the seals do not know are dropped, and their questions are
     * asked again.
     *
     * @param file made with the first answer where it does not exist
     * @throws InvalidInput where a line other than a torn last one is not an answer
     */
    static AnswerJournal open(Path file, String field, AnswerSeals seals) {
        AnswerJournal journal = new AnswerJournal(file, field, seals);
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
        List<String> added = new ArrayList<>();
        found.forEach((id, answer) -> {
            if (answers.putIfAbsent(id, answer) == null) {
                ObjectNode line = JSON.createObjectNode().put("id", id);
                line.set(field, answer);
                added.add(line.toString());
            }
        });
        try {
            Files.writeString(
                    file,
                    added.stream().map(line -> line + "\n").collect(Collectors.joining()),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
        seals.add(file, lines, added);
        lines += added.size();
    }

    private void read() throws IOException {
        byte[] bytes = InputFile.bytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        List<String> written =
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
        List<String> own = written.subList(0, seals.trusted(file, written));
        int kept = own.size() == written.size()
                ? whole
                : own.stream()
                        .mapToInt(line -> line.getBytes(StandardCharsets.UTF_8).length + 1)
                        .sum();
        if (kept < bytes.length) {
            try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
                channel.truncate(kept);
            }
        }
        lines = own.size();
        int number = 0;
        for (String line : own) {
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
