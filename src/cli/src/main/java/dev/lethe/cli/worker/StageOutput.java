package dev.lethe.cli.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.cli.manifest.LocalFiles;
import dev.lethe.cli.publication.Payload;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that a stage writes. While it works everything is in {@code .NAME.work} beside it: checkpoints and
 * journals that another attempt continues from, and the payload. When the payload has its {@code result.json} it is
 * renamed to the final name, so a folder of that name is complete.
 */
public final class StageOutput {
    /** The entry of {@link StageResult#versions} that tells whether a result is of the same instructions. */
    public static final String SPEC = "spec";

    private final Path target;
    private final Path work;
    private final String spec;

    private StageOutput(Path target, String spec) {
        this.target = target;
        this.work = target.resolveSibling("." + target.getFileName() + ".work");
        this.spec = spec;
    }

    static StageOutput of(StageFile file) {
        Path target = LocalFiles.path(file.spec().outputUri()).toAbsolutePath().normalize();
        return new StageOutput(
                target, Digest.ofBytes(Documents.line(file.spec()).getBytes(UTF_8)));
    }

    public static boolean isComplete(Path output) {
        return Files.isRegularFile(output.resolve(Payload.RESULT));
    }

    public static StageResult result(Path output) {
        return Documents.read(output.resolve(Payload.RESULT), StageResult.class);
    }

    /**
     * The result of an earlier attempt that finished the same work.
     *
     * @throws InvalidInput where something else stands in the output's place: nothing is ever overwritten
     */
    Optional<StageResult> finished() {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (isComplete(target)) {
            StageResult result = result(target);
            if (spec.equals(result.versions().get(SPEC))) {
                delete(work); // the attempt may have been cut off before its last line
                return Optional.of(result);
            }
        }
        throw exists();
    }

    /** @throws InvalidInput where the output is there already */
    void requireAbsent() {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists();
        }
    }

    private InvalidInput exists() {
        return InvalidInput.at(target.toString(), "output", "an existing path", "a path that does not exist yet");
    }

    /** Digest of the instructions. */
    String spec() {
        return spec;
    }

    Path target() {
        return target;
    }

    /** Where the stage keeps what another attempt continues from. */
    Path work() {
        return work;
    }

    /** Where the stage writes what it makes. */
    Path payload() {
        return work.resolve("payload");
    }

    /** Makes the work folder without a payload: one of an attempt that was cut off is removed. */
    void begin() {
        delete(payload());
        make(work);
    }

    /** Makes the work folder with a payload, or keeps the one of an attempt that was cut off. */
    void resume() {
        make(payload());
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
    }

    /**
     * Puts the result beside the payload, with what the stage was told, and gives the folder its final name. A published
     * model has its card and its evidence instead, and carries no dates.
     */
    void complete(StageFile file, StageResult result, boolean fsync) {
        try {
            boolean published = file.kind() == Kind.ModelPublication;
            if (!published) {
                Files.writeString(payload().resolve(Payload.STAGE), Documents.json(file));
            }
            Files.writeString(
                    payload().resolve(Payload.RESULT), Documents.json(published ? result.withoutTimes() : result));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        complete(fsync);
    }

    /** Gives the folder its final name. */
    void complete(boolean fsync) {
        try {
            for (Path path : fsync ? tree(payload()) : List.<Path>of()) {
                force(path);
            }
            Files.move(payload(), target, StandardCopyOption.ATOMIC_MOVE);
            if (fsync) {
                force(target.getParent());
            }
            deleteTree(work);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what an attempt that was cut off left behind. */
    static void delete(Path leftover) {
        try {
            deleteTree(leftover);
        } catch (IOException e) {
            throw InvalidInput.unwritable(leftover, e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        for (Path path : tree(root)) {
            Files.delete(path);
        }
    }

    /** Children before their parents; nothing where the root is not there. */
    private static List<Path> tree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
