package dev.lethe.unlearning.training;

import java.nio.file.Path;
import java.util.List;

/** All that a closed loop measured, in the order of its steps: {@code trajectory.jsonl}. */
public record Trajectory(List<Measured> points) {
    /** The name of the file. */
    public static final String FILE = "trajectory.jsonl";

    public Trajectory {
        points = List.copyOf(points);
    }

    /** Whether the target held at the end. */
    public boolean reached() {
        return !points.isEmpty() && points.getLast().did() == Measured.Decision.DONE;
    }

    /** Writes the file into a folder. */
    void write(Path folder) {
        JsonLines.write(folder.resolve(FILE), points);
    }
}
