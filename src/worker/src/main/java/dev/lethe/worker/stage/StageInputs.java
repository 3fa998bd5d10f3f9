package dev.lethe.worker.stage;

import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.stage.StageResult.RowsTaken;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.RowFormat;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.publication.Payload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** What a stage reads, by role: checked against the digests in the spec, and recorded for the result. */
public final class StageInputs {
    private final String stage;
    private final FileDigests digests;
    private final boolean meanwhile;
    private final Map<String, Read> read = new TreeMap<>();

    /** Something that is read, and its digest. */
    private record Read(String uri, FutureTask<String> task, @Nullable Rows rows) {
        String digest() {
            task.run(); // no effect where it has run
            return FileDigests.result(task);
        }

        Input input() {
            return rows == null
                    ? new Input(uri, digest(), null)
                    : new Input(uri, digest(), (long) rows.size(), taken(rows));
        }

        private static @Nullable RowsTaken taken(Rows rows) {
            RowFormat format = rows.format();
            return format == null
                    ? null
                    : new RowsTaken(
                            format.form().code(),
                            format.fields(),
                            format.templating().code());
        }
    }

    /**
     * @param meanwhile whether digests are computed while the stage works; otherwise when they are asked for. A merge has
     *     work for every core, and computes those of its weights at its end
     */
    StageInputs(String stage, FileDigests digests, boolean meanwhile) {
        this.stage = stage;
        this.digests = digests;
        this.meanwhile = meanwhile;
    }

    /**
     * The path of a source.
     *
     * @throws InvalidInput where nothing is there
     * @throws RefusedInput where it is not what its digest says
     */
    Path path(String role, Source source) {
        Path path = FileUris.path(source.uri());
        if (!Files.exists(path)) {
            throw InvalidInput.at(stage, role, "nothing at " + path, "a file or folder");
        }
        Read one = new Read(source.uri(), digest(path), null);
        read.put(role, one);
        if (source.digest() != null && !source.digest().equals(one.digest())) {
            throw RefusedInput.at(path.toString(), "digest of " + role, one.digest(), source.digest());
        }
        return path;
    }

    private FutureTask<String> digest(Path path) {
        FutureTask<String> digest = new FutureTask<>(() -> digest(path, digests));
        if (meanwhile) {
            Thread.ofPlatform().daemon().name("digest").start(digest);
        }
        return digest;
    }

    /** The digest of a file, or of a folder's payload. */
    public static String digest(Path path, FileDigests digests) {
        return Files.isDirectory(path) ? Payload.of(path, digests::of).digest() : digests.of(path);
    }

    @Nullable
    Path pathOrNull(String role, @Nullable Source source) {
        return source == null ? null : path(role, source);
    }

    /** The rows of a source, with their prompts as the model is asked. */
    Rows rows(String role, RowsSource source, Prompting prompting) {
        Rows rows = prompting.of(Rows.read(path(role, source.file()), role, EngineSettings.columns(source.columns())));
        requireDigest(role, rows);
        return rows;
    }

    /**
     * Records rows that the stage had the model make, for those who read them where its output will be.
     *
     * @param file where they are now
     * @param uri where they will be
     */
    void made(String role, Path file, String uri) {
        Rows rows = Rows.read(file, role, Map.of());
        RowFormat format = Objects.requireNonNull(rows.format()).sampled();
        read.put(role, new Read(uri, digest(file), new Rows(rows.source(), rows.rows(), rows.digest(), format)));
    }

    /**
     * Records the rows of a role, and checks them against its digest: a file is read once for its rows and once for its
     * digest.
     *
     * @throws RefusedInput where they are not the same rows
     */
    void requireDigest(String role, Rows rows) {
        Read one = read.get(role);
        if (!rows.digest().equals(one.digest())) {
            throw RefusedInput.at(
                    rows.source(), "digest of " + role, one.digest(), rows.digest() + ": it changed while it was read");
        }
        read.put(role, new Read(one.uri(), one.task(), rows));
    }

    /** The digest of what was read in a role. */
    String digest(String role) {
        return read.get(role).digest();
    }

    Map<String, Input> all() {
        Map<String, Input> all = new TreeMap<>();
        read.forEach((role, input) -> all.put(role, input.input()));
        return Map.copyOf(all);
    }
}
