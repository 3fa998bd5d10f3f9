package dev.lethe.worker.report;

import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One row of the tables: what was measured, and its numbers by {@code suite/metric}.
 *
 * @param notMeasured why there is no number, by {@code suite/metric}
 */
public record MeasuredSystem(
        String name, ModelReference model, Map<String, MetricValue> metrics, Map<String, String> notMeasured) {
    public static final String BASE = "base";
    public static final String MERGE = "merge";

    /** The run's systems in the order of every table: the base first, the specialists by name, the merge last. */
    public static List<MeasuredSystem> of(RunResult result) {
        return result.systems().entrySet().stream()
                .map(system -> new MeasuredSystem(
                        system.getKey(),
                        system.getValue().model(),
                        system.getValue().metrics(),
                        system.getValue().notMeasured()))
                .sorted(Comparator.comparingInt(MeasuredSystem::place).thenComparing(MeasuredSystem::name))
                .toList();
    }

    /** The numbers that a table of them shows. */
    static List<HeadlineMetric> headlines(List<MeasuredSystem> systems) {
        return HeadlineMetric.shown(
                systems.stream().map(MeasuredSystem::metrics).toList());
    }

    /** Why a number is missing, or is of less than all rows, by metric; equal reasons appear once. */
    public static SortedMap<String, String> gaps(List<MeasuredSystem> systems) {
        SortedMap<String, String> gaps = new TreeMap<>();
        for (MeasuredSystem system : systems) {
            system.notMeasured.forEach((metric, why) -> gaps.merge(metric, why, MeasuredSystem::either));
            system.metrics.forEach((metric, value) -> {
                if (value.total() != null) {
                    gaps.merge(metric, HeadlineMetric.rows(value) + " rows are measurable", MeasuredSystem::either);
                }
            });
        }
        return gaps;
    }

    private static String either(String one, String other) {
        return one.contains(other) ? one : one + "; " + other;
    }

    private int place() {
        return switch (name) {
            case BASE -> 0;
            case MERGE -> 2;
            default -> 1;
        };
    }
}
