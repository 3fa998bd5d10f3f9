package dev.lethe.merge.engine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a disk has room for a merge. */
public final class DiskSpace {
    private DiskSpace() {}

    /** Why the disk of a target has no room, in one line; what an earlier run left there counts as free. */
    public static Optional<String> problem(MergePlan plan, Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        try {
            long free = Files.getFileStore(FileTree.existing(absolute)).getUsableSpace() + leftBehind(absolute);
            long needed = plan.outputBytes();
            return free >= needed
                    ? Optional.empty()
                    : Optional.ofNullable(
                            InvalidInput.at(target.toString(), "disk", free + " bytes free", "at least " + needed)
                                    .getMessage());
        } catch (IOException e) {
            return Optional.ofNullable(InvalidInput.unwritable(target, e).getMessage());
        }
    }

    private static long leftBehind(Path target) throws IOException {
        Path folder = StagingDirectory.folderOf(target);
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
