package dev.lethe.worker.stage;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Progress;
import dev.lethe.merge.file.AtomicFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes {@code progress.json} every few seconds, and posts progress where the environment names a server. It never
 * fails the stage.
 */
public final class ProgressReport implements Consumer<Progress>, AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Path file;
    private final Optional<ProgressPush> push;
    private Instant next = Instant.MIN;

    private ProgressReport(Path file, Optional<ProgressPush> push) {
        this.file = file;
        this.push = push;
    }

    /** The report of a stage, in its work folder. */
    public static ProgressReport of(StageFile stage) {
        return of(stage, System.getenv());
    }

    static ProgressReport of(StageFile stage, Map<String, String> environment) {
        return new ProgressReport(StageOutput.of(stage).work().resolve("progress.json"), ProgressPush.of(environment));
    }

    /** Also of several threads at once, as a merge's are. */
    @Override
    public synchronized void accept(Progress progress) {
        push.ifPresent(it -> it.offer(progress));
        Instant now = Instant.now();
        if (!now.isBefore(next) && Files.isDirectory(file.getParent())) {
            next = now.plus(EVERY);
            AtomicFile.write(file, Documents.json(progress));
        }
    }

    @Override
    public void close() {
        push.ifPresent(ProgressPush::close);
    }
}
