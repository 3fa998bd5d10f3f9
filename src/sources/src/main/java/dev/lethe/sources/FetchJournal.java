package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.merge.InvalidInput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The chunks that were brought, a line each. Lines are not forced to the disk: whoever continues reads each chunk back and compares
 * its checksum, so a line without its data does no harm.
 */
final class FetchJournal implements AutoCloseable {
    private final Path file;
    private final BufferedWriter writer;

    private FetchJournal(Path file, BufferedWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    /**
     * A chunk that is there.
     *
     * @param file its number in the snapshot
     * @param chunk its number in the file
     * @param checksum CRC-32C of its bytes
     */
    record Entry(int file, int chunk, long checksum) {}

    /** What was brought of the same snapshot before; nothing where the journal is of another. */
    static List<Entry> read(Path file, String fingerprint) {
        List<Entry> entries = new ArrayList<>();
        if (!Files.isRegularFile(file)) {
            return entries;
        }
        try {
            List<String> lines =
                    new String(Files.readAllBytes(file), UTF_8).lines().toList();
            if (!lines.isEmpty() && lines.getFirst().equals(fingerprint)) {
                lines.stream()
                        .skip(1)
                        .takeWhile(line -> line.matches("\\d{1,9} \\d{1,9} \\d{1,10}[.]")) // a kill cuts the last one
                        .map(line -> line.substring(0, line.length() - 1).split(" "))
                        .forEach(parts -> entries.add(new Entry(
                                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]))));
            }
            return entries;
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** Begins a journal with the chunks that were verified. */
    static FetchJournal begin(Path file, String fingerprint, Collection<Entry> verified) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            FetchJournal journal = new FetchJournal(file, Files.newBufferedWriter(next));
            journal.line(fingerprint);
            verified.forEach(journal::add);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
            return journal;
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    synchronized void add(Entry entry) {
        try {
            line("%d %d %d.".formatted(entry.file(), entry.chunk(), entry.checksum()));
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    private void line(String text) throws IOException {
        writer.write(text);
        writer.newLine();
        writer.flush();
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }
}
