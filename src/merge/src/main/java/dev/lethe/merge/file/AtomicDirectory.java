package dev.lethe.merge.file;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that appears under its final name complete or not at all. It is written beside the target as
 * {@code .NAME.partial-ID} and renamed by {@link #commit}; what an earlier, killed writer left there is removed first.
 *
 * <pre>{@code
 * try (AtomicDirectory output = AtomicDirectory.create(target)) {
 *     Files.writeString(output.path().resolve("config.json"), "{}");
 *     output.commit();
 * }
 * }</pre>
 */
public final class AtomicDirectory implements AutoCloseable {
    private final Path target;
    private final Path partial;

    private AtomicDirectory(Path target, Path partial) {
        this.target = target;
        this.partial = partial;
    }

    /**
     * Begins a directory that will be {@code target}; missing parents are made.
     *
     * @throws InvalidInput where the target exists, even if empty, or its parent cannot be written
     */
    public static AtomicDirectory create(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        FileTree.requireAbsent(absolute);
        String prefix = "." + absolute.getFileName() + ".partial-";
        try {
            Path parent = Files.createDirectories(absolute.getParent());
            removeLeftovers(parent, prefix);
            return new AtomicDirectory(absolute, Files.createDirectory(parent.resolve(prefix + UUID.randomUUID())));
        } catch (IOException e) {
            throw InvalidInput.unwritable(absolute, e);
        }
    }

    /** Where to write until {@link #commit}. */
    public Path path() {
        return partial;
    }

    /**
     * Forces every file and directory to the disk, then renames to the target.
     *
     * @throws InvalidInput where the target exists by now or the file system refuses
     */
    public void commit() {
        try {
            FileTree.rename(partial, target, true);
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    /** Deletes what was not committed. */
    @Override
    public void close() {
        FileTree.discard(partial);
    }

    /** Leftovers are renamed before they are deleted, so that a writer that still lives can no longer commit. */
    private static void removeLeftovers(Path parent, String prefix) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> children = Files.list(parent)) {
            leftovers = children.filter(child -> child.getFileName().toString().startsWith(prefix))
                    .toList();
        }
        for (Path leftover : leftovers) {
            FileTree.delete(Files.move(
                    leftover, parent.resolve(prefix + "stale-" + UUID.randomUUID()), StandardCopyOption.ATOMIC_MOVE));
        }
    }
}
