package dev.lethe.merge.file;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
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
        refuseExisting(absolute);
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
     * Says before the work begins that a disk is too small.
     *
     * @throws InvalidInput where fewer bytes are free
     */
    public void requireSpace(long bytes) {
        try {
            long free = Files.getFileStore(partial).getUsableSpace();
            if (free < bytes) {
                throw InvalidInput.at(target.toString(), "disk", free + " bytes free", "at least " + bytes);
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    /**
     * Forces every file and directory to the disk, then renames to the target.
     *
     * @throws InvalidInput where the target exists by now or the file system refuses
     */
    public void commit() {
        refuseExisting(target);
        try {
            for (Path path : tree(partial)) {
                force(path);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            force(target.getParent());
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    /** Deletes what was not committed. */
    @Override
    public void close() {
        try {
            deleteTree(partial);
        } catch (IOException e) {
            throw InvalidInput.unwritable(partial, e);
        }
    }

    private static void refuseExisting(Path target) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw InvalidInput.at(target.toString(), "output", "an existing path", "a path that does not exist yet");
        }
    }

    /** Leftovers are renamed before they are deleted, so that a writer that still lives can no longer commit. */
    private static void removeLeftovers(Path parent, String prefix) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> children = Files.list(parent)) {
            leftovers = children.filter(child -> child.getFileName().toString().startsWith(prefix))
                    .toList();
        }
        for (Path leftover : leftovers) {
            deleteTree(Files.move(
                    leftover, parent.resolve(prefix + "stale-" + UUID.randomUUID()), StandardCopyOption.ATOMIC_MOVE));
        }
    }

    private static void deleteTree(Path root) throws IOException {
        for (Path path : tree(root)) {
            Files.deleteIfExists(path);
        }
    }

    /** Children before their parents; empty where the root is gone. */
    private static List<Path> tree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void force(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
