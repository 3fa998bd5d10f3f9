package dev.lethe.cli.progress;

import dev.lethe.api.status.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** The log of a pod's stage: a line for its first report, for every epoch that has ended, every half minute, and at the end. */
public final class ProgressLog implements Consumer<Progress> {
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final String stage;
    private final PrintStream out;
    private final InstantSource clock;
    private Instant next = Instant.MIN;
    private long epoch;

    public ProgressLog(String stage, PrintStream out, InstantSource clock) {
        this.stage = stage;
        this.out = out;
        this.clock = clock;
    }

    /** Also of several threads at once, as a merge's are. */
    @Override
    public synchronized void accept(Progress progress) {
        long epochs = progress.epoch() == null ? 0 : progress.epoch().longValue();
        if (epochs > epoch
                || progress.step() >= progress.steps()
                || !clock.instant().isBefore(next)) {
            epoch = epochs;
            next = clock.instant().plus(EVERY);
            var ended = epochs == 0 ? "" : "epoch " + epochs + ", ";
            out.println(stage + ": " + ended + ProgressText.sentence(progress));
        }
    }
}
