package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** All that a closed loop measured, in the order of its steps: {@code trajectory.jsonl}. */
public record Trajectory(List<Measured> points) {
    /** The name of the file. */
    public static final String FILE = "trajectory.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public Trajectory {
        points = List.copyOf(points);
    }

    /** Whether the target held at the end. */
    public boolean reached() {
        return !points.isEmpty() && points.getLast().did() == Measured.Decision.DONE;
    }

    /** Writes the file into a folder. */
    void write(Path folder) {
        StringBuilder text = new StringBuilder();
        try {
            for (Measured point : points) {
                text.append(JSON.writeValueAsString(point)).append('\n');
            }
            Files.writeString(folder.resolve(FILE), text);
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder.resolve(FILE), e);
        }
    }
}
