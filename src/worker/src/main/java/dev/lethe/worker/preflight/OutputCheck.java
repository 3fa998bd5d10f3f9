package dev.lethe.worker.preflight;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import dev.lethe.worker.FileUris;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks where a job writes: nothing is in the way, it may be written, and there is room. */
final class OutputCheck {
    /** Bytes of a weight in the merged model and its published copy, at most; both exist at once. */
    private static final long BYTES_PER_WEIGHT = 2 * Float.BYTES;

    /** Adapters, checkpoints with their two moments, journals: small beside a model, not beside a tiny one. */
    private static final long BYTES_PER_SPECIALIST = 64L << 20;

    private OutputCheck() {}

    /** Free, writable, and apart from everything that the job reads. */
    static void destination(ModelPreparationSpec spec) {
        Path target = FileUris.path(spec.destination().uri()).toAbsolutePath().normalize();
        FileTree.requireAbsent(target);
        spec.sources().forEach((role, source) -> {
            if (target.startsWith(FileUris.path(source.uri()).toAbsolutePath().normalize())) {
                throw InvalidInput.at(
                        target.toString(), "output", "a path inside of " + role, "one outside of what the job reads");
            }
        });
        writable(target);
    }

    static void space(Path workspace, ModelCheck model, ModelPreparationSpec spec) {
        long needed = model.parameters() * BYTES_PER_WEIGHT + spec.specialists().size() * BYTES_PER_SPECIALIST;
        Path folder = FileTree.existing(workspace);
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < needed) {
                // Reported as a failed write: the same work continues once there is room.
                throw InvalidInput.unwritable(
                        workspace,
                        new IOException("No space left: found %s, expected about %s"
                                .formatted(megabytes(free), megabytes(needed))));
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }

    /** @throws InvalidInput where the nearest folder that is there cannot be written */
    static void writable(Path target) {
        Path folder = FileTree.existing(target);
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw InvalidInput.at(
                    target.toString(), "folder", folder + " is not writable", "a folder that can be written");
        }
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
