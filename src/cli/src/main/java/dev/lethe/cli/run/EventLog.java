package dev.lethe.cli.run;

import dev.lethe.api.document.Documents;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happened when, one JSON document a line, only ever appended to. It never holds a word of the data. */
final class EventLog implements AutoCloseable {
    /**
     * One line.
     *
     * @param event such as {@code attempt-started}
     * @param detail a state, reason or message
     */
    record Event(
            Instant time, String event, @Nullable String stage, @Nullable String attempt, @Nullable String detail) {}

    private final Path file;
    private final FileChannel channel;

    private EventLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static EventLog open(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(endOfLastLine(channel));
        return new EventLog(file, channel);
    }

    synchronized void append(String event, @Nullable String stage, @Nullable String attempt, @Nullable String detail) {
        try {
            ByteBuffer line = StandardCharsets.UTF_8.encode(
                    Documents.line(new Event(Instant.now(), event, stage, attempt, detail)) + "\n");
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(false);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A process that died while it wrote left half a line: the next one is written over it. */
    private static long endOfLastLine(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        long end = channel.size();
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        channel.truncate(end);
        return end;
    }
}
