package dev.lethe.cli.worker;

import dev.lethe.cli.publication.Payload;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.digest.Digest;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Digests of what the stages of this process read: a base model is read through once, not once a stage. */
public final class Digests {
    /** What changes when a file does. */
    private record Stamp(Path file, long size, long modifiedNanos) {}

    private final Map<List<Stamp>, String> known = new ConcurrentHashMap<>();

    /** Of a file's bytes, or of a folder's payload. */
    String of(Path path) {
        return known.computeIfAbsent(
                stamps(path),
                changed -> Files.isDirectory(path) ? Payload.of(path).digest() : Digest.ofFile(path));
    }

    private static List<Stamp> stamps(Path path) {
        try (Stream<Path> files = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .map(Digests::stamp)
                    .toList();
        } catch (IOException e) {
            throw InvalidInput.unreadable(path, e);
        }
    }

    private static Stamp stamp(Path file) {
        try {
            return new Stamp(
                    file,
                    Files.size(file),
                    Files.getLastModifiedTime(file).to(java.util.concurrent.TimeUnit.NANOSECONDS));
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }
}
