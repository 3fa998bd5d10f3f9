package dev.lethe.worker;

import dev.lethe.api.document.InvalidDocument;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.planner.recipe.InvalidSpec;
import dev.lethe.sources.SourceUnavailable;
import dev.lethe.unlearning.training.TrainingFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What an exception means to a person and to a script: an exit code and one line.
 *
 * @param exitCode of the process, or of the stage's attempt
 */
public record Failure(int exitCode, String message) {
    /** What an interrupted process exits with: 128 + SIGINT, as shells count. */
    public static final int INTERRUPTED = 130;

    /** What a killed process exits with: 128 + SIGKILL. */
    public static final int KILLED = 137;

    /** What libtorch says when the machine or the device has no memory left. */
    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("DefaultCPUAllocator: (can't allocate|not enough) memory|CUDA out of memory");

    public static Failure of(Throwable thrown) {
        return switch (thrown) {
            case InvalidInput invalid
            when invalid.getCause() instanceof IOException io && temporary(io) ->
                new Failure(ExitCode.TEMPORARY.code(), text(invalid));
            case InvalidInput invalid -> new Failure(ExitCode.INVALID_INPUT.code(), text(invalid));
            case InvalidDocument invalid -> new Failure(ExitCode.INVALID_INPUT.code(), text(invalid));
            case InvalidSpec invalid -> new Failure(ExitCode.INVALID_INPUT.code(), text(invalid));
            case RefusedInput refused -> new Failure(ExitCode.REFUSED.code(), text(refused));
            case SourceUnavailable unavailable -> new Failure(ExitCode.TEMPORARY.code(), text(unavailable));
            case TrainingFailed failed -> new Failure(ExitCode.INVALID_INPUT.code(), text(failed));
            case Stopped stopped -> new Failure(INTERRUPTED, text(stopped));
            case UncheckedIOException unchecked when unchecked.getCause() != null -> of(unchecked.getCause());
            case FileSystemException file -> new Failure(temporaryOrFailed(file), file(file));
            case IOException io -> new Failure(temporaryOrFailed(io), text(io));
            case Problems problems -> new Failure(problems.exitCode(), String.join("; ", problems.messages()));
            case OutOfMemoryError memory -> outOfMemory(memory);
            case RuntimeException libtorch
            when OUT_OF_MEMORY.matcher(text(libtorch)).find() -> outOfMemory(libtorch);
            default -> new Failure(ExitCode.FAILED.code(), text(thrown));
        };
    }

    private static Failure outOfMemory(Throwable memory) {
        return new Failure(
                ExitCode.OUT_OF_MEMORY.code(),
                "out of memory: " + text(memory)
                        + "; a higher memory limit, or a smaller batchSize or maxLength, helps");
    }

    private static int temporaryOrFailed(IOException e) {
        return (temporary(e) ? ExitCode.TEMPORARY : ExitCode.FAILED).code();
    }

    /** A full disk or a lost network mount may be mended before the next attempt. */
    private static boolean temporary(IOException e) {
        String text = String.valueOf(e.getMessage());
        return text.contains("No space left") || text.contains("Stale file handle");
    }

    /** Java's message is often the bare path. */
    private static String file(FileSystemException e) {
        String reason =
                e.getReason() != null ? e.getReason() : words(e.getClass().getSimpleName());
        return e.getFile() + ": " + reason;
    }

    /** {@code NoSuchFileException} as {@code no such file}. */
    private static String words(String exception) {
        return exception
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** The first line of the message: libtorch adds a C++ stack below its own. */
    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        String first =
                message == null ? "" : message.strip().lines().findFirst().orElse("");
        return first.isEmpty() ? thrown.getClass().getSimpleName() : first;
    }
}
