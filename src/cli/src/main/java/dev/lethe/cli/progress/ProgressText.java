package dev.lethe.cli.progress;

import dev.lethe.api.status.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Progress in words and columns. */
public final class ProgressText {
    private static final int NAME_WIDTH = 16;
    private static final int BAR_WIDTH = 24;

    private ProgressText() {}

    /** {@code 12 of 75 steps, loss 1.234, 812 tokens/s, 0:12 left}. */
    public static String sentence(Progress progress) {
        List<String> parts = new ArrayList<>();
        parts.add("%d of %d %s".formatted(progress.step(), progress.steps(), progress.unit()));
        parts.addAll(details(progress));
        return String.join(", ", parts);
    }

    /** One line of at most {@code width} columns: name, bar, step, and as many details as there is room for. */
    static String bar(String name, Progress progress, int width) {
        double share = progress.steps() <= 0 ? 0 : Math.min(1, (double) progress.step() / progress.steps());
        int full = (int) Math.round(share * BAR_WIDTH);
        String line = ("%-" + NAME_WIDTH + "s [%s%s] %3d%% %d/%d %s")
                .formatted(
                        name,
                        "#".repeat(full),
                        "-".repeat(BAR_WIDTH - full),
                        (int) Math.floor(100 * share),
                        progress.step(),
                        progress.steps(),
                        progress.unit());
        for (String detail : details(progress)) {
            String longer = line + "  " + detail;
            if (longer.length() > width) {
                break;
            }
            line = longer;
        }
        return fitted(line, width);
    }

    /** A line for a stage that has not reported yet, or has ended. */
    static String message(String name, String message, int width) {
        return fitted(("%-" + NAME_WIDTH + "s %s").formatted(name, message), width);
    }

    /** As wide as the terminal, so that it covers the line before. */
    private static String fitted(String line, int width) {
        return line.length() > width ? line.substring(0, Math.max(0, width)) : line + " ".repeat(width - line.length());
    }

    /** {@code 0:12}, {@code 1:02:03}. */
    public static String clock(Duration duration) {
        long hours = duration.toHours();
        return hours > 0
                ? "%d:%02d:%02d".formatted(hours, duration.toMinutesPart(), duration.toSecondsPart())
                : "%d:%02d".formatted(duration.toMinutes(), duration.toSecondsPart());
    }

    private static List<String> details(Progress progress) {
        List<String> details = new ArrayList<>();
        if (progress.loss() != null) {
            details.add(String.format(Locale.ROOT, "loss %.3f", progress.loss()));
        }
        if (progress.rate() != null) {
            details.add(String.format(
                    Locale.ROOT, progress.rate() < 10 ? "%.1f %s" : "%.0f %s", progress.rate(), rateUnit(progress)));
        }
        if (progress.etaSeconds() != null) {
            details.add(clock(Duration.ofSeconds(progress.etaSeconds())) + " left");
        }
        return details;
    }

    private static String rateUnit(Progress progress) {
        String unit = progress.rateUnit() != null ? progress.rateUnit() : progress.unit();
        return unit.endsWith("/s") ? unit : unit + "/s";
    }
}
