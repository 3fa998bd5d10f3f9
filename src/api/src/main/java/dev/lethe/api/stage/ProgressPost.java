package dev.lethe.api.stage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lethe.api.status.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Progress as a worker posts it: the document of Kubeflow Trainer (KEP-2779), so that any trainer that reports to it, such
 * as Hugging Face's, reports to Lethe, too. The metrics {@code step}, {@code steps}, {@code unit}, {@code epoch},
 * {@code loss}, {@code rate} and {@code rateUnit} carry what a {@link Progress} has besides.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProgressPost(TrainerStatus trainerStatus) {
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
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TrainerStatus(
            @Nullable Integer progressPercentage,
            @Nullable Long estimatedRemainingSeconds,
            List<Metric> metrics,
            @Nullable Instant lastUpdatedTime) {}

    /** A named value, as text. */
    @JsonIgnoreProperties(ignoreUnknown = true)
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

    /**
     * The progress that was posted. What a foreign trainer says in other words is left out, and its percentage alone
     * becomes steps of 100.
     *
     * @param received when it came in, for a document that does not say when it was written
     */
    public Progress progress(Instant received) {
        Map<String, String> metrics = new HashMap<>();
        trainerStatus.metrics.forEach(it -> metrics.put(it.name, it.value));
        Double step = number(metrics, "step");
        Double steps = number(metrics, "steps");
        boolean counted = step != null && steps != null && steps > 0;
        int percentage = trainerStatus.progressPercentage == null ? 0 : trainerStatus.progressPercentage;
        return new Progress(
                counted ? step.longValue() : Math.clamp(percentage, 0, 100),
                counted ? steps.longValue() : 100,
                counted ? bounded(metrics.getOrDefault("unit", "steps")) : "percent",
                number(metrics, "epoch"),
                number(metrics, "loss"),
                number(metrics, "rate"),
                metrics.containsKey("rateUnit") ? bounded(metrics.get("rateUnit")) : null,
                trainerStatus.estimatedRemainingSeconds,
                trainerStatus.lastUpdatedTime != null ? trainerStatus.lastUpdatedTime : received);
    }

    /** A finite number that is not negative; else nothing. */
    private static @Nullable Double number(Map<String, String> metrics, String name) {
        try {
            double value = Double.parseDouble(metrics.getOrDefault(name, "NaN"));
            return Double.isFinite(value) && value >= 0 ? value : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** What goes into a status is a word, not a page. */
    private static String bounded(String text) {
        return text.length() <= 32 ? text : text.substring(0, 32);
    }
}
