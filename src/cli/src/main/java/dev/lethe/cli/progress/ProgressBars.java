package dev.lethe.cli.progress;

import dev.lethe.api.status.Progress;
import dev.lethe.worker.Failure;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarRenderer;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** A bar for each stage at work, side by side; the last state of a bar stays when its stage has ended. */
final class ProgressBars implements ProgressView {
    private static final int REDRAW_MILLISECONDS = 200;

    /** A stage's line: what it says now, and the bar that draws it. */
    private record Line(AtomicReference<Shown> shown, ProgressBar bar) {}

    private record Shown(@Nullable Progress progress, String message) {}

    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final PrintStream out;

    ProgressBars(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void started(String stage) {
        lines.computeIfAbsent(stage, this::line);
    }

    @Override
    public synchronized void progressed(String stage, Progress progress) {
        show(stage, new Shown(progress, ""));
    }

    @Override
    public synchronized void ended(String stage, String outcome) {
        show(stage, new Shown(null, outcome));
        Line line = lines.remove(stage);
        if (line != null) {
            line.bar.close();
        }
    }

    @Override
    public synchronized void close() {
        lines.values().forEach(line -> line.bar.close());
        lines.clear();
        out.flush();
    }

    private void show(String stage, Shown shown) {
        Line line = lines.get(stage);
        if (line != null) {
            line.shown.set(shown);
        }
    }

    private Line line(String stage) {
        AtomicReference<Shown> shown = new AtomicReference<>(new Shown(null, "starting"));
        ProgressBarRenderer renderer = (state, width) -> {
            Shown now = shown.get();
            return now.progress == null
                    ? ProgressText.message(stage, now.message, width)
                    : ProgressText.bar(stage, now.progress, width);
        };
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(stage)
                .setRenderer(renderer)
                .setUpdateIntervalMillis(REDRAW_MILLISECONDS)
                .continuousUpdate()
                .build();
        keepInterrupts();
        return new Line(shown, bar);
    }

    /**
     * The bars' terminal (JLine) gives Ctrl-C its default action, which ends the process without its shutdown hooks and so
     * without a checkpoint. An orderly exit has them.
     */
    private static void keepInterrupts() {
        Signals.register("INT", () -> System.exit(Failure.INTERRUPTED));
    }
}
