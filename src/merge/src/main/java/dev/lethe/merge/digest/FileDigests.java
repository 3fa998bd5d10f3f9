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

/** Digests of files, each read through once as long as it stays as it is. From any thread. */
public final class FileDigests {
    private final Map<Stamp, FutureTask<String>> known = new ConcurrentHashMap<>();

    /** What changes when a file does, and stays when it is renamed. */
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

    /** {@link Digest#ofFile}; where another thread is reading the file already, what that one finds. */
    public String of(Path file) {
        FutureTask<String> mine = new FutureTask<>(() -> Digest.ofFile(file));
        FutureTask<String> first = known.putIfAbsent(Stamp.of(file), mine);
        if (first != null) {
            return result(first);
        }
        mine.run();
        return result(mine);
    }

    /** What a computation of digests gave, or the error that it ended in. */
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
