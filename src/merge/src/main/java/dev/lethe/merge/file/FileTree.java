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
import java.util.Objects;
import java.util.stream.Stream;

/** Whole folders: deleted, or renamed once they are complete. */
public final class FileTree {
    private FileTree() {}

    /** A folder and all that is in it, children before their parents; empty where it is gone. */
    public static List<Path> childrenFirst(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Deletes a folder and all that is in it; nothing where it is gone. */
    public static void delete(Path root) throws IOException {
        for (Path path : childrenFirst(root)) {
            Files.deleteIfExists(path);
        }
    }

    /** {@link #delete} of what is no longer needed, with the error that names it. */
    public static void discard(Path root) {
        try {
            delete(root);
        } catch (IOException e) {
            throw InvalidInput.unwritable(root, e);
        }
    }

    /** Copies a folder and all that is in it to a path that does not exist yet. */
    public static void copy(Path root, Path target) {
        try {
            for (Path path : childrenFirst(root).reversed()) {
                Files.copy(path, target.resolve(root.relativize(path)));
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    /** @throws InvalidInput where anything is at the path, even an empty folder */
    public static void requireAbsent(Path target) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw occupied(target);
        }
    }

    /** The error of an output whose path is taken. */
    public static InvalidInput occupied(Path target) {
        return InvalidInput.at(target.toString(), "output", "an existing path", "a path that does not exist yet");
    }

    /**
     * Gives a complete folder its final name.
     *
     * @param fsync whether all of it is forced to the disk first, and the name after it
     * @throws InvalidInput where the target exists
     */
    public static void rename(Path folder, Path target, boolean fsync) throws IOException {
        if (fsync) {
            for (Path path : childrenFirst(folder)) {
                force(path);
            }
        }
        requireAbsent(target); // a rename would replace an empty folder
        Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        if (fsync) {
            force(target.getParent());
        }
    }

    /** Forces a file's or a folder's content to the disk; a link has none. */
    static void force(Path path) throws IOException {
        if (!Files.isSymbolicLink(path)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The path itself where it exists, else its nearest ancestor that does. */
    public static Path existing(Path path) {
        Path existing = path.toAbsolutePath().normalize();
        while (!Files.exists(existing)) {
            existing = Objects.requireNonNull(existing.getParent());
        }
        return existing;
    }
}
