package dev.lethe.api.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.MetricValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last words of a worker that succeeded: its pod's termination message, whole JSON of at most {@value #MAX_BYTES} bytes.
 * It is all that is believed of a stage: who reads the stage's files later holds them against the digests in here. It is small
 * by construction: numbers and digests, nothing of what the worker was told.
 *
 * @param result {@code sha256:HEX} of the bytes of {@code result.json}
 * @param output {@code sha256:HEX} of the payload
 * @param inputs of a preparation, {@code sha256:HEX} of everything that the job reads, by role
 * @param required what was measured of each metric that the worker was told to report, in that order and without the names;
 *     null where it was not measured
 * @param baseline what the baseline has of the same metrics, where the worker was given one
 * @param metrics what else was measured, by {@code suite/metric}, as far as there is room
 * @param omitted how many metrics found no room; {@code result.json} has them all
 */
public record StageReport(
        String result,
        String output,
        @Nullable Map<String, String> inputs,
        @Nullable List<@Nullable Numbers> required,
        @Nullable List<@Nullable Numbers> baseline,
        @Nullable Map<String, MetricValue> metrics,
        @Nullable Integer omitted) {
    /** What Kubernetes keeps of a termination message. */
    public static final int MAX_BYTES = 4096;

    /**
     * What a report takes where nothing else is required of it: a pod of many containers, as of a mesh, has only a share of
     * 12 KiB for the words of each.
     */
    private static final int USUAL_BYTES = MAX_BYTES / 2;

    /** Headlines before subtasks: those of one slash before those of two. */
    private static final Comparator<String> HEADLINES_FIRST = Comparator.<String>comparingLong(
                    name -> name.chars().filter(c -> c == '/').count())
            .thenComparing(Comparator.naturalOrder());

    /** A {@link MetricValue} without the names of its parts: as JSON a list, which ends with the last that is known. */
    public record Numbers(double value, long n, @Nullable Double low, @Nullable Double high, @Nullable Long total) {
        @JsonCreator
        static Numbers of(List<@Nullable Number> parts) {
            var all = new ArrayList<@Nullable Number>(parts);
            while (all.size() < 5) {
                all.add(null);
            }
            if (all.size() > 5 || all.get(0) == null || all.get(1) == null) {
                throw new IllegalArgumentException("expected a value, n, low, high and total");
            }
            return new Numbers(
                    all.get(0).doubleValue(),
                    all.get(1).longValue(),
                    all.get(2) == null ? null : all.get(2).doubleValue(),
                    all.get(3) == null ? null : all.get(3).doubleValue(),
                    all.get(4) == null ? null : all.get(4).longValue());
        }

        @JsonValue
        List<@Nullable Number> parts() {
            var parts = new ArrayList<@Nullable Number>(Arrays.asList(value, n, low, high, total));
            while (parts.getLast() == null) {
                parts.removeLast();
            }
            return parts;
        }

        static @Nullable Numbers of(@Nullable MetricValue metric) {
            return metric == null || !Double.isFinite(metric.value())
                    ? null
                    : new Numbers(metric.value(), metric.n(), metric.low(), metric.high(), metric.total());
        }

        MetricValue metric() {
            return new MetricValue(value, n, low, high, total);
        }

        Numbers bare() {
            return new Numbers(value, n, null, null, null);
        }
    }

    /**
     * What a worker says of its result.
     *
     * @param resultDigest of the bytes of {@code result.json}
     * @param required metrics that must be told of: at most 32, as a kind has no more gates
     * @param baseline what the baseline has of them; empty where there is none
     */
    public static StageReport of(
            StageResult result, String resultDigest, Collection<String> required, Map<String, MetricValue> baseline) {
        var report = new StageReport(
                resultDigest,
                result.output().digest(),
                result.kind() == Kind.ModelPreparation ? digests(result) : null,
                numbers(required, result.metrics()),
                baseline.isEmpty() ? null : bare(numbers(required, baseline)),
                null,
                null);
        var others = new TreeMap<String, MetricValue>(HEADLINES_FIRST);
        others.putAll(result.metrics());
        others.keySet().removeAll(required);
        return (report.fits(MAX_BYTES) ? report : report.bare()).with(others);
    }

    /** Everything that was measured, by {@code suite/metric}. */
    public Map<String, MetricValue> measured(Collection<String> requiredMetrics) {
        var measured = new TreeMap<String, MetricValue>(metrics == null ? Map.of() : metrics);
        measured.putAll(named(requiredMetrics, required));
        return measured;
    }

    /** What the baseline has of the required metrics. */
    public Map<String, MetricValue> baseline(Collection<String> requiredMetrics) {
        return named(requiredMetrics, baseline);
    }

    private static Map<String, MetricValue> named(Collection<String> names, @Nullable List<@Nullable Numbers> numbers) {
        var named = new TreeMap<String, MetricValue>();
        var next = numbers == null ? Collections.<Numbers>emptyIterator() : numbers.iterator();
        for (var name : names) {
            var value = next.hasNext() ? next.next() : null;
            if (value != null) {
                named.put(name, value.metric());
            }
        }
        return named;
    }

    private static @Nullable List<@Nullable Numbers> numbers(
            Collection<String> names, Map<String, MetricValue> metrics) {
        var numbers = new ArrayList<@Nullable Numbers>();
        names.forEach(name -> numbers.add(Numbers.of(metrics.get(name))));
        return numbers.isEmpty() ? null : numbers;
    }

    private static Map<String, String> digests(StageResult result) {
        var digests = new TreeMap<String, String>();
        result.inputs().forEach((role, input) -> digests.put(role, input.digest()));
        return digests;
    }

    private boolean fits(int bytes) {
        return Documents.line(this).getBytes(UTF_8).length <= bytes;
    }

    /** Nothing is decided by what else is known of a number. */
    private StageReport bare() {
        return new StageReport(result, output, inputs, bare(required), baseline, metrics, omitted);
    }

    private static @Nullable List<@Nullable Numbers> bare(@Nullable List<@Nullable Numbers> numbers) {
        return numbers == null
                ? null
                : numbers.stream().map(it -> it == null ? null : it.bare()).toList();
    }

    /** With as many of these metrics as there is room for, in their order. */
    private StageReport with(Map<String, MetricValue> others) {
        var told = new TreeMap<String, MetricValue>();
        var report = this;
        for (var other : others.entrySet()) {
            if (Double.isFinite(other.getValue().value())) {
                told.put(other.getKey(), other.getValue());
                var longer = new StageReport(
                        result, output, inputs, required, baseline, Map.copyOf(told), others.size() - told.size());
                if (!longer.fits(USUAL_BYTES)) {
                    return report;
                }
                report = longer;
            }
        }
        return report;
    }
}
