package dev.lethe.worker.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageReport;
import dev.lethe.worker.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The termination message of a pod, which its status keeps: the report of the stage, or the line of an error. */
public final class TerminationMessage {
    private static final Path DEFAULT = Path.of("/dev/termination-log");
    private static final String CUT = " …";

    private TerminationMessage() {}

    public static void write(StageReport report) {
        write(Documents.line(report));
    }

    public static void write(Throwable thrown) {
        write(bounded(Failure.of(thrown).message()));
    }

    /** Truncates a long error between two characters, and marks it. */
    static String bounded(String message) {
        if (message.getBytes(UTF_8).length <= StageReport.MAX_BYTES) {
            return message;
        }
        CharBuffer text = CharBuffer.wrap(message);
        ByteBuffer bytes = ByteBuffer.allocate(StageReport.MAX_BYTES - CUT.getBytes(UTF_8).length);
        UTF_8.newEncoder().encode(text, bytes, true); // stops before the character that does not fit
        return message.substring(0, text.position()) + CUT;
    }

    private static void write(String text) {
        String named = System.getenv("LETHE_TERMINATION_LOG");
        Path file = named != null ? Path.of(named) : DEFAULT;
        if (named == null && !Files.exists(DEFAULT)) {
            return; // not in a pod
        }
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            System.err.println(
                    "lethe: " + file + ": cannot be written: " + Objects.requireNonNullElse(e.getMessage(), ""));
        }
    }
}
