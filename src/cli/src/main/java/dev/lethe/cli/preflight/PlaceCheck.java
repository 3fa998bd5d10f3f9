package dev.lethe.cli.preflight;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.cli.manifest.LocalFiles;
import dev.lethe.cli.run.Workdir;
import dev.lethe.weights.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/** Where a job writes: nothing is in the way, it may be written, and there is room. */
final class PlaceCheck {
    /** Bytes of a weight in the merged model and its published copy, at most; both exist at once. */
    private static final long BYTES_PER_WEIGHT = 2 * Float.BYTES;

    /** Adapters, checkpoints with their two moments, journals: small beside a model, not beside a tiny one. */
    private static final long BYTES_PER_SPECIALIST = 64L << 20;

    private PlaceCheck() {}

    static void output(Destination output) {
        Path target = LocalFiles.path(output.uri());
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw InvalidInput.at(target.toString(), "output", "an existing path", "a path that does not exist yet");
        }
        writable(target);
    }

    static void workdir(Workdir workdir) {
        writable(workdir.root());
    }

    static void space(Workdir workdir, ModelCheck model, UnlearningJobSpec spec) {
        long needed = model.parameters() * BYTES_PER_WEIGHT
                + Objects.requireNonNull(spec.specialists()).size() * BYTES_PER_SPECIALIST;
        Path folder = existing(workdir.root());
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < needed) {
                throw InvalidInput.at(
                        workdir.root().toString(), "free space", megabytes(free), "about " + megabytes(needed));
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }

    private static void writable(Path target) {
        Path folder = existing(target);
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw InvalidInput.at(
                    target.toString(), "folder", folder + " is not writable", "a folder that can be written");
        }
    }

    /** The nearest ancestor that is there. */
    private static Path existing(Path path) {
        Path folder = path.toAbsolutePath().normalize();
        while (!Files.exists(folder)) {
            folder = Objects.requireNonNull(folder.getParent());
        }
        return folder;
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
