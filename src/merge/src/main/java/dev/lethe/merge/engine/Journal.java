package dev.lethe.merge.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The chunks that were written, one line each. Lines are not forced to the disk: a run that continues reads each chunk
 * back and compares its checksum, so a line without its data does no harm.
 */
final class Journal implements AutoCloseable {
    static final String FILE = "journal";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BufferedWriter writer;

    private Journal(BufferedWriter writer) {
        this.writer = writer;
    }

    /**
     * A chunk that was written.
     *
     * @param checksum CRC-32C of its bytes
     * @param cancellations what its merge returned
     */
    record Entry(String tensor, int chunk, long checksum, long cancellations) {}

    /** What an earlier run of the same fingerprint wrote; empty where there was none. */
    static Optional<List<Entry>> read(Path folder, String fingerprint) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            List<String> lines =
                    new String(Files.readAllBytes(file), UTF_8).lines().toList();
            if (lines.isEmpty() || !lines.getFirst().equals(fingerprint)) {
                return Optional.empty();
            }
            return Optional.of(entries(lines.subList(1, lines.size())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All entries before the first truncated line. */
    private static List<Entry> entries(List<String> lines) {
        List<Entry> entries = new ArrayList<>();
        try {
            for (String line : lines) {
                JsonNode json = JSON.readTree(line);
                if (json.size() != 4) {
                    break;
                }
                entries.add(new Entry(
                        json.get(0).asText(),
                        json.get(1).asInt(),
                        json.get(2).asLong(),
                        json.get(3).asLong()));
            }
        } catch (JsonProcessingException e) {
            return entries;
        }
        return entries;
    }

    /** Begins a journal with the entries that were verified. */
    static Journal begin(Path folder, String fingerprint, List<Entry> verified) {
        try {
            Path next = folder.resolve(FILE + ".next");
            Journal journal = new Journal(Files.newBufferedWriter(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
            journal.line(fingerprint);
            verified.forEach(journal::add);
            Files.move(next, folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
            return journal;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void add(Entry entry) {
        try {
            line(JSON.writeValueAsString(
                    List.of(entry.tensor(), entry.chunk(), entry.checksum(), entry.cancellations())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
            throw new UncheckedIOException(e);
        }
    }
}
