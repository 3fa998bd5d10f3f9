package dev.lethe.merge.file;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Small files that are replaced as a whole: after a crash a reader finds the old text or the new one. */
public final class AtomicFile {
    private AtomicFile() {}

    /**
     * Writes a temporary file, forces it to the disk and renames it to {@code file}. A missing folder is made.
     *
     * @throws InvalidInput where it cannot be written
     */
    public static void write(Path file, String text) {
        Path folder = file.toAbsolutePath().getParent();
        Path beside = folder.resolve("." + file.getFileName() + ".new");
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            FileTree.force(folder);
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }
}
