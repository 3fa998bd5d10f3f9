package dev.lethe.unlearning.training;

import java.nio.file.Path;
import java.util.List;

/**
 * All that a closed loop measured.
 *
 * @param points in the order of its steps: {@code trajectory.jsonl}
 * @param forgottenAt the exact memorisation at which a row counts as forgotten: that of the target, or what documents that the base
 *     never saw have on average where that is more
 */
public record Trajectory(List<Measured> points, double forgottenAt) {
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
