package dev.lethe.operator.progress;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.lethe.api.status.Progress;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer posts, as Kubeflow Trainer defines it (KEP-2779). Our workers put their own numbers into the metrics;
 * other trainers are understood by their percentage.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record TrainerStatus(
        @Nullable Integer progressPercentage,
        @Nullable Long estimatedRemainingSeconds,
        @Nullable List<Metric> metrics,
        @Nullable Instant lastUpdatedTime) {
    private static final int MAX_METRICS = 256;
    private static final int MAX_TEXT = 64;
    private static final long PERCENT = 100;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Metric(@Nullable String name, @Nullable String value) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Body(@Nullable TrainerStatus trainerStatus) {}

    /** @throws IllegalArgumentException if it is not such a document; the message quotes nothing of it */
    static Progress parse(byte[] body, Instant now) {
        try {
            var read = JSON.readValue(body, Body.class);
            if (read == null || read.trainerStatus == null) {
                throw new IllegalArgumentException("trainerStatus: found nothing, expected a value");
            }
            return read.trainerStatus.progress(now);
        } catch (IOException e) {
            throw new IllegalArgumentException("found no document with a trainerStatus", e);
        }
    }

    private Progress progress(Instant now) {
        var numbers = metricsByName();
        var updated = lastUpdatedTime == null ? now : lastUpdatedTime;
        var step = integer(numbers, "step");
        var steps = integer(numbers, "steps");
        if (step.isEmpty() || steps.isEmpty()) {
            var percent = Math.clamp(progressPercentage == null ? 0 : progressPercentage, 0, PERCENT);
            return new Progress(
                    percent, PERCENT, "percent", null, loss(numbers), null, null, estimatedRemainingSeconds, updated);
        }
        return new Progress(
                step.get(),
                steps.get(),
                Objects.requireNonNullElse(numbers.get("unit"), "steps"),
                number(numbers, "epoch"),
                loss(numbers),
                number(numbers, "rate"),
                numbers.get("rateUnit"),
                estimatedRemainingSeconds,
                updated);
    }

    private Map<String, String> metricsByName() {
        var given = metrics == null ? List.<Metric>of() : metrics;
        if (given.size() > MAX_METRICS) {
            throw new IllegalArgumentException(
                    "metrics: found %d, expected at most %d".formatted(given.size(), MAX_METRICS));
        }
        return given.stream()
                .filter(metric -> fits(metric.name) && fits(metric.value))
                .collect(Collectors.toMap(
                        metric -> Objects.requireNonNull(metric.name),
                        metric -> Objects.requireNonNull(metric.value),
                        (first, second) -> second));
    }

    private static boolean fits(@Nullable String text) {
        return text != null && !text.isEmpty() && text.length() <= MAX_TEXT;
    }

    private static @Nullable Double loss(Map<String, String> numbers) {
        return number(numbers, "loss");
    }

    private static Optional<Long> integer(Map<String, String> numbers, String name) {
        return Optional.ofNullable(number(numbers, name)).map(Math::round).filter(number -> number >= 0);
    }

    /** The finite number of that name; JSON has no others. */
    private static @Nullable Double number(Map<String, String> numbers, String name) {
        try {
            var text = numbers.get(name);
            var number = text == null ? Double.NaN : Double.parseDouble(text);
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
