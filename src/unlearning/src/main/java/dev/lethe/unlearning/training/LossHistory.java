package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The losses of every step so far, kept as {@code losses.jsonl}: one {@link StepLoss} on each line. */
public record LossHistory(List<StepLoss> steps) {
    /** The name of the file. */
    public static final String FILE = "losses.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public LossHistory {
        steps = List.copyOf(steps);
    }

    /** Reads the file of a folder. */
    public static LossHistory read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            List<StepLoss> steps = new ArrayList<>();
            for (String line : InputFile.lines(file)) {
                steps.add(JSON.readValue(line, StepLoss.class));
            }
            return new LossHistory(steps);
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** Writes the file into a folder. */
    void write(Path folder) {
        JsonLines.write(folder.resolve(FILE), steps);
    }
}
