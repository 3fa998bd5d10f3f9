package dev.lethe.cli.report;

import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** One row of the tables: what was measured, and its numbers by {@code suite/metric}. */
public record MeasuredSystem(String name, ModelReference model, Map<String, MetricValue> metrics) {
    public static final String BASE = "base";
    public static final String MERGE = "merge";

    /** The run's systems as they are read: the base first, the specialists by name, the merge last. */
    public static List<MeasuredSystem> of(RunResult result) {
        return result.systems().entrySet().stream()
                .map(system -> new MeasuredSystem(
                        system.getKey(),
                        system.getValue().model(),
                        system.getValue().metrics()))
                .sorted(Comparator.comparingInt(MeasuredSystem::place).thenComparing(MeasuredSystem::name))
                .toList();
    }

    private int place() {
        return switch (name) {
            case BASE -> 0;
            case MERGE -> 2;
            default -> 1;
        };
    }
}
