package dev.lethe.unlearning.training;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Earlier weights of a training that lie beside its result: folders of the result's form, called {@code checkpoint-STEP} as
 * Hugging Face's trainers do.
 */
public final class KeptCheckpoints {
    private static final String PREFIX = "checkpoint-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{1,9}");

    private KeptCheckpoints() {}

    static String name(int step) {
        return PREFIX + step;
    }

    static int step(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring(PREFIX.length()));
    }

    /** Those in a folder, the earliest step first; none where there is no folder. */
    public static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child ->
                            NAME.matcher(child.getFileName().toString()).matches())
                    .sorted(Comparator.comparingInt(KeptCheckpoints::step))
                    .toList();
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }
}
