package dev.lethe.cli.run;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run at a time in a work directory, and one that writes to a destination. The operating system gives the lock back when its
 * process dies.
 */
public final class RunLock implements AutoCloseable {
    private final FileChannel channel;
    private final Optional<Path> passing;

    private RunLock(FileChannel channel, Optional<Path> passing) {
        this.channel = channel;
        this.passing = passing;
    }

    /** @throws InvalidInput where another process has it, or the directory cannot be written */
    static RunLock take(Path file) {
        return take(
                file,
                file.toAbsolutePath().getParent() + ": another run (process %s) is at work here",
                Optional.empty());
    }

    /**
     * Keeps a destination for this process: no two work for hours on what only one can write.
     *
     * @throws InvalidInput where another process has it, or the folder cannot be written
     */
    public static RunLock ofDestination(Path target) {
        Path file = target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".lock");
        while (true) {
            RunLock lock = take(file, target + ": output: another run (process %s) is to write it", Optional.of(file));
            try {
                // The previous holder removes its file with the lock: the locked file may no longer have this name.
                if (Files.exists(file) && Files.readString(file).strip().equals(String.valueOf(lock.process()))) {
                    return lock;
                }
                lock.channel.close();
            } catch (IOException e) {
                throw InvalidInput.unwritable(file, e);
            }
        }
    }

    /** @param message with the other process in place of {@code %s} */
    private static RunLock take(Path file, String message, Optional<Path> passing) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new InvalidInput(message.formatted(Files.readString(file).strip()));
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
            return new RunLock(channel, passing);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file.toAbsolutePath().getParent(), e);
        }
    }

    /** The process that holds it: this one. */
    long process() {
        return ProcessHandle.current().pid();
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this process has it already
        }
    }

    @Override
    public void close() {
        try {
            if (passing.isPresent()) {
                Files.deleteIfExists(passing.get());
            }
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
