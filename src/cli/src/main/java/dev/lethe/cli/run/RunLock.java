package dev.lethe.cli.run;

import dev.lethe.weights.InvalidInput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One run at a time in a work directory. The operating system gives the lock back when its process dies. */
final class RunLock implements AutoCloseable {
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws InvalidInput where another process has it, or the directory cannot be written */
    static RunLock take(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new InvalidInput("%s: another run (process %s) is at work here"
                        .formatted(
                                file.toAbsolutePath().getParent(),
                                Files.readString(file).strip()));
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
            return new RunLock(channel);
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
    public void close() throws IOException {
        channel.close();
    }
}
