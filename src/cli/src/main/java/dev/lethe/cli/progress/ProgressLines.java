package dev.lethe.cli.progress;

import dev.lethe.api.status.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** For logs and pipes: a line when a stage starts and ends, and one every few seconds between. */
final class ProgressLines implements ProgressView {
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final PrintStream out;
    private final Map<String, Instant> printed = new ConcurrentHashMap<>();

    ProgressLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void started(String stage) {
        printed.put(stage, Instant.now());
        out.println(stage + ": started");
    }

    @Override
    public void progressed(String stage, Progress progress) {
        Instant now = Instant.now();
        Instant last = printed.get(stage);
        if (last == null || now.isAfter(last.plus(EVERY))) {
            printed.put(stage, now);
            out.println(stage + ": " + ProgressText.sentence(progress));
        }
    }

    @Override
    public void ended(String stage, String outcome) {
        if (printed.remove(stage) != null) {
            out.println(stage + ": " + outcome);
        }
    }

    @Override
    public void close() {}
}
