package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.AtomicDirectory;
import dev.lethe.merge.file.FileTree;
import dev.lethe.unlearning.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The checkpoints of one run: of those to continue from only the last one stays. A new one is written beside its final name and
 * renamed before the previous one is deleted, so that there is always a complete one. Beside them lie the weights of
 * steps that are worth keeping, as folders of the result's form.
 *
 * @param folder where they lie, {@code step-NUMBER} each; made when needed
 * @param fingerprint of the request: a checkpoint of another is refused
 */
record Checkpoints(Path folder, String fingerprint) {
    private static final String PREFIX = "step-";

    /**
     * Deletes what cannot be continued from: checkpoints of another version of Lethe, which has other settings to compare, and
     * those that are not whole. A run that begins anew gives the same, so that only time is lost.
     *
     * @return what was deleted
     */
    List<Path> discardUnusable() {
        List<Path> unusable = all().stream().filter(it -> !Checkpoint.isIn(it)).toList();
        unusable.forEach(FileTree::discard);
        return unusable;
    }

    /**
     * The last one.
     *
     * @throws InvalidInput where it belongs to a run with other data, settings or model
     */
    Optional<Checkpoint> latest() {
        Optional<Checkpoint> latest =
                all().stream().map(Checkpoint::read).max(Comparator.comparingInt(Checkpoint::step));
        latest.filter(found -> !found.fingerprint().equals(fingerprint)).ifPresent(found -> {
            throw InvalidInput.at(
                    found.folder().toString(),
                    "fingerprint",
                    "a checkpoint of other data, settings or model",
                    "one of this run, or an empty folder");
        });
        return latest;
    }

    void save(int step, int updates, JsonNode course, SortedMap<String, Tensor> state, LossHistory history) {
        List<Path> before = all();
        Path target = folder.resolve(PREFIX + step);
        if (before.contains(target)) {
            return; // it holds the same state
        }
        try (AtomicDirectory directory = AtomicDirectory.create(target)) {
            Checkpoint.write(directory.path(), step, updates, course, fingerprint, state, history);
            directory.commit();
        }
        before.forEach(FileTree::discard);
    }

    /**
     * Keeps the weights of a step, and of those that are kept the last ones.
     *
     * @param most how many
     * @param write writes the weights into an existing folder
     */
    void keep(int step, int most, Consumer<Path> write) {
        Path target = folder.resolve(KeptCheckpoints.name(step));
        FileTree.discard(target); // what a run wrote that was killed before its checkpoint
        try (AtomicDirectory directory = AtomicDirectory.create(target)) {
            write.accept(directory.path());
            directory.commit();
        }
        List<Path> kept = kept();
        kept.subList(0, Math.max(0, kept.size() - most)).forEach(FileTree::discard);
    }

    /** The folders of weights that are kept, the earliest step first. */
    List<Path> kept() {
        return KeptCheckpoints.in(folder);
    }

    /** Deletes the weights of steps that a run which continues from {@code step} does again. */
    void discardKeptAfter(int step) {
        kept().stream().filter(it -> KeptCheckpoints.step(it) > step).forEach(FileTree::discard);
    }

    private List<Path> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> child.getFileName().toString().startsWith(PREFIX))
                    .toList();
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }
}
