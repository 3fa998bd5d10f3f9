package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of one JSON object on each line. */
final class JsonLines {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonLines() {}

    static void write(Path file, List<?> objects) {
        StringBuilder text = new StringBuilder();
        try {
            for (Object object : objects) {
                text.append(JSON.writeValueAsString(object)).append('\n');
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }
}
