package dev.lethe.cli.progress;

import dev.lethe.api.document.Documents;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/** A log whose every line is written as an object of JSON, {@code {"message": …, "timestamp": …}}: for whoever collects logs. */
public final class JsonLog extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final PrintStream out;
    private final InstantSource clock;

    private JsonLog(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
    }

    /** A stream that takes plain lines, and writes them so. */
    public static PrintStream of(PrintStream out, InstantSource clock) {
        return new PrintStream(new JsonLog(out, clock), true, StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n') {
            var message = line.toString(StandardCharsets.UTF_8).stripTrailing();
            line.reset();
            out.println(Documents.line(
                    Map.of("message", message, "timestamp", clock.instant().toString())));
        } else {
            line.write(b);
        }
    }
}
