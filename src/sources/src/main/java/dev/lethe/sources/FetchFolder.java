package dev.lethe.sources;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folder beside the target, {@code .NAME.fetch}, in which files are gathered until all are there. It survives a fetch that is
 * interrupted; one at a time works in it, and others wait for it.
 */
final class FetchFolder implements AutoCloseable {
    private static final long LOOK_AGAIN_MILLISECONDS = 100;

    private final Path target;
    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private FetchFolder(Path target, Path folder, Path lockFile, FileChannel lock) {
        this.target = target;
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Takes the folder of a target.
     *
     * @param waiting called while another fetch has it; what it throws ends the wait
     */
    static FetchFolder take(Path target, Runnable waiting) {
        Path absolute = target.toAbsolutePath().normalize();
        Path folder = absolute.resolveSibling("." + absolute.getFileName() + ".fetch");
        Path lockFile = absolute.resolveSibling("." + absolute.getFileName() + ".fetch.lock");
        try {
            Files.createDirectories(folder.getParent());
            FileChannel lock = tryLock(lockFile);
            while (lock == null) {
                waiting.run();
                Thread.sleep(LOOK_AGAIN_MILLISECONDS);
                lock = tryLock(lockFile);
            }
            return new FetchFolder(absolute, folder, lockFile, lock);
        } catch (IOException e) {
            throw InvalidInput.unwritable(absolute, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Whoever has the lock removes its file at the end: a lock counts while the file still has its name. */
    private static @Nullable FileChannel tryLock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Object opened = identity(file);
        try {
            if (channel.tryLock() != null && opened != null && Objects.equals(opened, identity(file))) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close(); // this process has it already
            return null;
        }
        channel.close();
        return null;
    }

    private static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Where the files are gathered. */
    Path files() {
        return folder.resolve("files");
    }

    Path journal() {
        return folder.resolve("journal");
    }

    /** Makes the folder, with what an earlier fetch left in it. */
    void begin() {
        try {
            Files.createDirectories(files());
        } catch (IOException e) {
            throw InvalidInput.unwritable(files(), e);
        }
    }

    /** The same, with nothing in it. */
    void clear() {
        FileTree.discard(files());
        begin();
    }

    /**
     * Forces what was gathered to the disk and gives it the target's name.
     *
     * @param gathered the folder of files, or a file in it
     */
    void commit(Path gathered) {
        try {
            FileTree.rename(gathered, target, true);
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    /** Removes what is left of a fetch that has ended well. */
    void discard() {
        FileTree.discard(folder);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(lockFile);
            lock.close();
        } catch (IOException e) {
            throw InvalidInput.unwritable(lockFile, e);
        }
    }
}
