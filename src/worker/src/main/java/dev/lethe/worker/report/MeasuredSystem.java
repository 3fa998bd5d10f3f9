package dev.lethe.worker.report;

import dev.lethe.api.stage.Round;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One row of the tables: what was measured, and its numbers by {@code suite/metric}.
 *
 * @param notMeasured why there is no number, by {@code suite/metric}
 */
public record MeasuredSystem(
        String name, ModelReference model, Map<String, MetricValue> metrics, Map<String, String> notMeasured) {
    public static final String BASE = "base";

    private static final String MERGE = "merge";

    /** The run's systems in the order of every table: the base first, the specialists by name, the merges of all rounds last. */
    public static List<MeasuredSystem> of(RunResult result) {
        return result.systems().entrySet().stream()
                .map(system -> new MeasuredSystem(
                        system.getKey(),
                        system.getValue().model(),
                        system.getValue().metrics(),
                        system.getValue().notMeasured()))
                .sorted(Comparator.<MeasuredSystem>comparingInt(system -> place(system.name))
                        .thenComparing(MeasuredSystem::name))
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

    /** Whether a system of this name is the merge of a round. */
    static boolean isMerge(String name) {
        return Round.of(name, MERGE).isPresent();
    }

    /** The merge of the last round, on which the gates are decided: each round's takes the place of the one before. */
    static Optional<String> lastMerge(Stream<String> names) {
        return names.filter(MeasuredSystem::isMerge).max(Comparator.comparingInt(MeasuredSystem::place));
    }

    private static int place(String name) {
        return name.equals(BASE)
                ? 0
                : Round.of(name, MERGE).map(round -> 1 + round.number()).orElse(1);
    }
}
