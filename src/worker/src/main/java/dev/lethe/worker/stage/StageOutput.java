package dev.lethe.worker.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.file.AtomicFile;
import dev.lethe.merge.file.FileTree;
import dev.lethe.unlearning.suite.AnswerSeals;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.publication.Payload;
import dev.lethe.worker.publication.ResultFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The folder that a stage writes. While it works everything is in {@code .NAME.ID.work} beside it: checkpoints and
 * journals that another attempt continues from, and the payload. The ID is the stage's own, so that two stages that
 * write to one place never touch each other's work. When the payload has its {@code result.json} it is renamed to the
 * final name, so a folder of that name is complete.
 *
 * <p>An output that is there already is taken over only where an attempt at the same stage wrote it: its seal, its
 * spec, its inputs and its payload are unchanged. Nothing is ever overwritten.
 */
public final class StageOutput {
    /** The entry of {@link StageResult#versions} that tells whether a result is of the same spec. */
    public static final String SPEC = "spec";

    private final Path target;
    private final Path work;
    private final String spec;
    private final Optional<HmacSeal> seal;

    private StageOutput(Path target, String spec, Optional<HmacSeal> seal) {
        this.target = target;
        String id =
                seal.map(HmacSeal::name).orElseGet(() -> spec.substring("sha256:".length(), "sha256:".length() + 12));
        this.work = target.resolveSibling(".%s.%s.work".formatted(target.getFileName(), id));
        this.spec = spec;
        this.seal = seal;
    }

    static StageOutput of(StageFile file) {
        Path target = FileUris.path(file.spec().outputUri()).toAbsolutePath().normalize();
        return new StageOutput(
                target,
                Digest.ofBytes(Documents.line(file.spec()).getBytes(UTF_8)),
                Optional.ofNullable(file.chain()).map(HmacSeal::new));
    }

    /**
     * The result of an earlier attempt that finished the same work, whose spec, inputs and payload are unchanged.
     *
     * @throws InvalidInput where something else stands in the output's place: nothing is ever overwritten
     * @throws RefusedInput where it was written by somebody else, or an input or the payload has changed since
     */
    Optional<ResultFile> finished(FileDigests digests) {
        if (!exists()) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(target.resolve(Payload.RESULT), LinkOption.NOFOLLOW_LINKS)) {
            throw FileTree.occupied(target);
        }
        ResultFile found = ResultFile.read(target);
        if (!spec.equals(found.result().versions().get(SPEC))) {
            throw FileTree.occupied(target);
        }
        requireSealed(found.digest());
        requireUnchanged(found.result(), digests);
        FileTree.discard(work); // the attempt may have been interrupted before it did
        return Optional.of(found);
    }

    private void requireSealed(String digest) {
        Path file = target.resolve(Payload.SEAL);
        if (seal.isPresent()
                && !(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && seal.get().isOfOutput(digest, text(file)))) {
            throw RefusedInput.at(
                    target.toString(),
                    "output",
                    "a result that no attempt at this stage wrote",
                    "nothing at this path");
        }
    }

    private void requireUnchanged(StageResult result, FileDigests digests) {
        String payload = Payload.of(target, digests::of).digest();
        if (!payload.equals(result.output().digest())) {
            throw RefusedInput.at(
                    target.toString(),
                    "digest of the output",
                    payload,
                    result.output().digest() + ", as it was written");
        }
        result.inputs().forEach((role, input) -> {
            String now = StageInputs.digest(FileUris.path(input.uri()), digests);
            if (!now.equals(input.digest())) {
                throw RefusedInput.at(
                        FileUris.path(input.uri()).toString(),
                        "digest of " + role,
                        now,
                        "%s, of which %s was made; another output is needed for what it is now"
                                .formatted(input.digest(), target));
            }
        });
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** Whether anything is in the output's place. */
    boolean exists() {
        return Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws InvalidInput where the output is there already */
    void requireAbsent() {
        FileTree.requireAbsent(target);
    }

    /** The seals by which an evaluation knows its own answers. */
    AnswerSeals answers() {
        return seal.<AnswerSeals>map(it -> new SealedAnswers(work.resolve("seals"), it))
                .orElse(AnswerSeals.NONE);
    }

    /** Digest of the spec. */
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

    /**
     * Puts a file that does not count beside what does, whole. What an interrupted attempt leaves of it lies outside of the
     * payload, whose digest it would change.
     */
    void add(String name, String text) {
        Path made = work.resolve(name);
        Path place = payload().resolve(name);
        AtomicFile.write(made, text);
        try {
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw InvalidInput.unwritable(place, e);
        }
    }

    /** Where the payload is: at the target where an interrupted publication had renamed it. */
    Path payloadLocation() {
        return Files.isDirectory(payload()) ? payload() : target;
    }

    /** Makes the work folder without a payload: that of an interrupted attempt is removed. */
    void begin() {
        FileTree.discard(payload());
        make(work);
    }

    /** Makes the work folder with a payload, or keeps that of an interrupted attempt. */
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
     * Puts the result beside the payload, with the stage file and the seal, and gives the folder its final name. A
     * published model has its card and its evidence instead, and carries no dates.
     */
    ResultFile complete(StageFile file, StageResult dated, boolean fsync) {
        boolean published = file.kind() == Kind.ModelPublication;
        StageResult result = published ? dated.published() : dated;
        byte[] text = Documents.json(result).getBytes(UTF_8);
        ResultFile finished = new ResultFile(result, Digest.ofBytes(text));
        if (published && exists()) {
            requireStands(finished);
            FileTree.discard(work);
            return finished;
        }
        try {
            if (!published) {
                Files.writeString(payload().resolve(Payload.STAGE), Documents.json(file.withoutChain()));
                if (seal.isPresent()) {
                    Files.writeString(
                            payload().resolve(Payload.SEAL), seal.get().ofOutput(finished.digest()) + "\n");
                }
            }
            Files.write(payload().resolve(Payload.RESULT), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        complete(fsync);
        return finished;
    }

    /** A publication that was interrupted after its last step finds all that it would write, byte for byte. */
    private void requireStands(ResultFile finished) {
        Path result = target.resolve(Payload.RESULT);
        if (!Files.isRegularFile(result, LinkOption.NOFOLLOW_LINKS)
                || !Digest.ofFile(result).equals(finished.digest())) {
            throw FileTree.occupied(target);
        }
    }

    /** Gives the folder its final name. */
    void complete(boolean fsync) {
        try {
            FileTree.rename(payload(), target, fsync);
            FileTree.delete(work);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
