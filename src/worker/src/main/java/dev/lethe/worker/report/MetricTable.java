package dev.lethe.worker.report;

import dev.lethe.api.status.MetricValue;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table of measured numbers in the report.
 *
 * @param label the alternative text
 * @param corner the heading above the row names
 */
record MetricTable(String label, String corner, List<Column> columns, List<Row> rows) {
    record Column(String name, String note) {}

    record Row(String name, boolean strong, List<Cell> cells) {}

    /**
     * @param interval empty where there is none
     * @param rows how many were measured, where it was not all; else empty
     */
    record Cell(String value, String interval, String rows) {
        static Cell of(@Nullable MetricValue measured) {
            String rows = measured == null || measured.total() == null ? "" : HeadlineMetric.rows(measured) + " rows";
            return new Cell(HeadlineMetric.text(measured), HeadlineMetric.interval(measured), rows);
        }
    }

    /** A row for each system, a column for each number that it is judged by. */
    static MetricTable headlines(List<MeasuredSystem> systems) {
        List<HeadlineMetric> headlines = MeasuredSystem.headlines(systems);
        List<Column> columns = headlines.stream()
                .map(headline -> new Column(headline.label(), headline.direction()))
                .toList();
        Optional<String> judged = MeasuredSystem.lastMerge(systems.stream().map(MeasuredSystem::name));
        List<Row> rows = systems.stream()
                .map(system -> new Row(
                        system.name(),
                        judged.filter(system.name()::equals).isPresent(),
                        headlines.stream()
                                .map(headline -> Cell.of(headline.of(system.metrics())))
                                .toList()))
                .toList();
        return new MetricTable("Headline numbers of every system", "system", columns, rows);
    }

    /** A row for each metric that any system has, subtasks included; a column for each system. */
    static MetricTable everything(List<MeasuredSystem> systems) {
        var metrics = new TreeSet<String>();
        systems.forEach(system -> metrics.addAll(system.metrics().keySet()));
        List<Column> columns =
                systems.stream().map(system -> new Column(system.name(), "")).toList();
        List<Row> rows = metrics.stream()
                .map(metric -> new Row(
                        metric,
                        false,
                        systems.stream()
                                .map(system -> Cell.of(system.metrics().get(metric)))
                                .toList()))
                .toList();
        return new MetricTable("Every number of every system", "metric", columns, rows);
    }
}
