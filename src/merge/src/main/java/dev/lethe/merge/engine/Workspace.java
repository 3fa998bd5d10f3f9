package dev.lethe.merge.engine;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder beside the target, {@code .NAME.merge}, in which a merge is written until it is complete. It outlives a run
 * that is cut off; one process at a time works in it.
 */
final class Workspace implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path target;
    private final Path folder;
    private final FileChannel lockFile;

    private Workspace(Path target, Path folder, FileChannel lockFile) {
        this.target = target;
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** @throws InvalidInput where the target exists, cannot be written, or another process works on it */
    static Workspace open(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        refuseExisting(absolute);
        Path folder = folderOf(absolute);
        try {
            Files.createDirectories(folder);
            FileChannel file =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(file)) {
                file.close();
                throw InvalidInput.at(absolute.toString(), "output", "another merge that writes it", "to be alone");
            }
            return new Workspace(absolute, folder, file);
        } catch (IOException e) {
            throw InvalidInput.unwritable(absolute, e);
        }
    }

    static Path folderOf(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".merge");
    }

    static void refuseExisting(Path target) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw InvalidInput.at(target.toString(), "output", "an existing path", "a path that does not exist yet");
        }
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    /** Removes what an earlier run of something else left; the lock stays. */
    void clear() {
        try {
            for (Path path : tree(folder)) {
                if (!path.equals(folder) && !path.getFileName().toString().equals(LOCK)) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
    }

    /** Gives the folder its final name; with {@code fsync} not before all of it is on the disk. */
    void commit(boolean fsync) {
        refuseExisting(target);
        try {
            Files.deleteIfExists(folder.resolve(Journal.FILE));
            Files.deleteIfExists(folder.resolve(LOCK));
            if (fsync) {
                for (Path path : tree(folder)) {
                    force(path);
                }
            }
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
            if (fsync) {
                force(target.getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes everything: this merge can never be completed. */
    void abandon() {
        clear();
        try {
            Files.deleteIfExists(folder.resolve(LOCK));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Children before their parents. */
    private static List<Path> tree(Path root) throws IOException {
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
