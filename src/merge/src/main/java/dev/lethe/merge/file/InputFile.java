package dev.lethe.merge.file;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Reads files that a user named. They must be regular: a pipe or a device may block its reader for ever. */
public final class InputFile {
    private InputFile() {}

    /**
     * The file itself, once it is known to be regular; a link to a regular file is one.
     *
     * @throws InvalidInput where nothing is there, or something else
     */
    public static Path regular(Path file) {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
        if (!found.isRegularFile()) {
            String kind = found.isDirectory() ? "a folder" : "a pipe, a socket or a device";
            throw InvalidInput.at(file.toString(), "file", kind, "a regular file");
        }
        return file;
    }

    /** @throws InvalidInput where it is no regular file or cannot be read */
    public static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(regular(file));
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** @throws InvalidInput where it is no regular file, cannot be read or is not UTF-8 */
    public static List<String> lines(Path file) {
        try {
            return Files.readAllLines(regular(file));
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }
}
