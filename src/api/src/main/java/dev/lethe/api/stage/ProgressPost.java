package dev.lethe.api.stage;

import dev.lethe.api.status.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Progress as a worker posts it: the document of Kubeflow Trainer (KEP-2779), so that any trainer that reports to it, such
 * as Hugging Face's, reports to Lethe, too. The metrics {@code step}, {@code steps}, {@code unit}, {@code epoch},
 * {@code loss}, {@code rate} and {@code rateUnit} carry what a {@link Progress} has besides.
 */
public record ProgressPost(TrainerStatus trainerStatus) {
    /** The audience of the tokens that are taken with such documents: of no use anywhere else. */
    public static final String AUDIENCE = "lethe-progress";

    /** Largest document that is taken, in bytes. */
    public static final int MAX_BYTES = 64 * 1024;

    /**
     * How far a trainer is.
     *
     * @param progressPercentage 0 to 100
     * @param estimatedRemainingSeconds to the end
     * @param metrics named values
     * @param lastUpdatedTime when the trainer said so
     */
    public record TrainerStatus(
            @Nullable Integer progressPercentage,
            @Nullable Long estimatedRemainingSeconds,
            List<Metric> metrics,
            @Nullable Instant lastUpdatedTime) {}

    /** A named value, as text. */
    public record Metric(String name, String value) {}

    /** Progress as it is posted. */
    public static ProgressPost of(Progress progress) {
        var metrics = new ArrayList<Metric>();
        add(metrics, "step", progress.step());
        add(metrics, "steps", progress.steps());
        add(metrics, "unit", progress.unit());
        add(metrics, "epoch", progress.epoch());
        add(metrics, "loss", progress.loss());
        add(metrics, "rate", progress.rate());
        add(metrics, "rateUnit", progress.rateUnit());
        int percentage = progress.steps() <= 0 ? 0 : Math.clamp(100 * progress.step() / progress.steps(), 0, 100);
        return new ProgressPost(
                new TrainerStatus(percentage, progress.etaSeconds(), List.copyOf(metrics), progress.updated()));
    }

    private static void add(List<Metric> metrics, String name, @Nullable Object value) {
        if (value != null) {
            metrics.add(new Metric(name, value.toString()));
        }
    }
}
