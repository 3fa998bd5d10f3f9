package dev.lethe.merge.engine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder beside the target, {@code .NAME.merge}, in which a merge is written until it is complete. It survives an
 * interrupted run; one process at a time works in it.
 */
final class StagingDirectory implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path target;
    private final Path folder;
    private final FileChannel lockFile;

    private StagingDirectory(Path target, Path folder, FileChannel lockFile) {
        this.target = target;
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** @throws InvalidInput where the target exists, cannot be written, or another process works on it */
    static StagingDirectory open(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        FileTree.requireAbsent(absolute);
        Path folder = folderOf(absolute);
        try {
            Files.createDirectories(folder);
            FileChannel file =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(file)) {
                file.close();
                throw InvalidInput.at(absolute.toString(), "output", "another merge that writes it", "to be alone");
            }
            return new StagingDirectory(absolute, folder, file);
        } catch (IOException e) {
            throw InvalidInput.unwritable(absolute, e);
        }
    }

    static Path folderOf(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".merge");
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

    /** Removes what a run of another plan left; the lock stays. */
    void clear() {
        try {
            for (Path path : FileTree.childrenFirst(folder)) {
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
        try {
            Files.deleteIfExists(folder.resolve(Journal.FILE));
            Files.deleteIfExists(folder.resolve(LOCK));
            FileTree.rename(folder, target, fsync);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes everything: this merge can never be completed. */
    void abandon() {
        FileTree.discard(folder);
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
