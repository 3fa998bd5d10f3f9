package dev.lethe.merge.digest;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Digests of files; a file is read again only after it changed. Thread-safe. */
public final class FileDigests {
    private final Map<Stamp, FutureTask<String>> known = new ConcurrentHashMap<>();

    /** Changes with the content of a file, but not with its name. */
    private record Stamp(Object file, long size, FileTime modified) {
        static Stamp of(Path path) {
            try {
                BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
                Object identity = file.fileKey() == null ? path.toRealPath() : file.fileKey();
                return new Stamp(identity, file.size(), file.lastModifiedTime());
            } catch (IOException e) {
                throw InvalidInput.unreadable(path, e);
            }
        }
    }

    /** {@link Digest#ofFile}; where another thread reads the file already, waits for its result. */
    public String of(Path file) {
        FutureTask<String> mine = new FutureTask<>(() -> Digest.ofFile(file));
        FutureTask<String> first = known.putIfAbsent(Stamp.of(file), mine);
        if (first != null) {
            return result(first);
        }
        mine.run();
        return result(mine);
    }

    /** Waits for a digest; a failure is thrown as it was. */
    public static String result(Future<String> digest) {
        try {
            return digest.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failed ? failed : new IllegalStateException(e.getCause());
        }
    }
}
