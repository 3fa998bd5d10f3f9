package dev.lethe.merge;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The input is wrong and trying again will not help: exit code 65. The message is one line that names the place, the
 * field, what was found and what was expected.
 */
public final class InvalidInput extends RuntimeException {
    /** An error with any message; control characters are escaped, so that it stays on one line. */
    public InvalidInput(String message) {
        super(OneLine.of(message));
    }

    private InvalidInput(String message, Throwable cause) {
        super(OneLine.of(message), cause);
    }

    /** The usual form: {@code WHERE: FIELD: found X, expected Y}. */
    public static InvalidInput at(String where, String field, String found, String expected) {
        return new InvalidInput("%s: %s: found %s, expected %s".formatted(where, field, found, expected));
    }

    /** The file or folder cannot be read; the message names it and the reason of the operating system. */
    public static InvalidInput unreadable(Path path, IOException cause) {
        return new InvalidInput("%s: cannot be read: %s".formatted(path, reason(path, cause)), cause);
    }

    /** The file or folder cannot be written (disk full, read-only, no permission); the message names it and why. */
    public static InvalidInput unwritable(Path path, IOException cause) {
        return new InvalidInput("%s: cannot be written: %s".formatted(path, reason(path, cause)), cause);
    }

    private static String reason(Path path, IOException cause) {
        return switch (cause) {
            case NoSuchFileException missing -> "no such file" + unlessIs(path, missing);
            case FileAlreadyExistsException existing -> "in the way is " + existing.getFile();
            case AccessDeniedException denied -> "permission denied" + unlessIs(path, denied);
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(cause.getMessage());
        };
    }

    /** The file of the cause, where the message does not name it already. */
    private static String unlessIs(Path path, FileSystemException cause) {
        return path.toString().equals(cause.getFile()) ? "" : ": " + cause.getFile();
    }
}
