package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.Means;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From scored rows to the means of splits, measures and subtasks, and their aggregate: the harmonic mean of the twelve cells
 * {forget, retain} × {Task1, Task2, Task3} × {regurgitation, knowledge}, a forget cell as 1 - value.
 *
 * <p>A split's mean goes over all its rows of a kind, whatever their subtask. The official evaluator takes as many cells
 * as the data has; here fewer or more than the twelve make no aggregate, since it would compare with no other. It also
 * scores a row that no measure can score: as 0, since nothing was found. Here such a row is in no mean.
 */
final class TaskScores {

    static final String AGGREGATE = "semeval2025/task-aggregate";

    private static final List<String> SPLITS = List.of("forget", "retain");
    private static final List<String> TASKS = List.of("Task1", "Task2", "Task3");

    private final List<Cell> cells;
    private final long rows;
    private final long otherTasks;

    private TaskScores(List<Cell> cells, long rows, long otherTasks) {
        this.cells = cells;
        this.rows = rows;
        this.otherTasks = otherTasks;
    }

    static TaskScores of(List<RowScore> forget, List<RowScore> retain) {
        List<Cell> cells = Slot.all()
                .map(slot -> Cell.of(slot, slot.split().equals("forget") ? forget : retain))
                .toList();
        List<RowScore> all = Stream.concat(forget.stream(), retain.stream()).toList();
        long rows = all.stream().map(RowScore::id).distinct().count();
        long otherTasks = all.stream()
                .filter(score -> score.task() != null && !TASKS.contains(score.task()))
                .map(RowScore::id)
                .distinct()
                .count();
        return new TaskScores(cells, rows, otherTasks);
    }

    /** The names of all metrics. */
    static Stream<String> metrics() {
        return Stream.concat(Slot.all().map(Slot::metric), Stream.of(AGGREGATE));
    }

    /** Every mean and the aggregate, by the name of the metric. */
    Map<String, MetricOutcome> outcomes(Bootstrap bootstrap) {
        Map<String, MetricOutcome> outcomes = new LinkedHashMap<>();
        cells.forEach(cell -> outcomes.put(cell.slot().metric(), cell.mean(bootstrap)));
        outcomes.put(AGGREGATE, aggregate(bootstrap));
        return outcomes;
    }

    /**
     * How many rows each of them is measured on.
     *
     * @param forget the data of the forget split, as an error names it
     * @param retain the same of the other
     */
    Map<String, Coverage> coverage(String forget, String retain) {
        Map<String, Coverage> coverage = new LinkedHashMap<>();
        cells.forEach(cell -> coverage.put(
                cell.slot().metric(), cell.coverage(cell.slot().split().equals("forget") ? forget : retain)));
        String lack = aggregateLacks();
        String both = forget + " and " + retain;
        coverage.put(
                AGGREGATE,
                lack.isEmpty()
                        ? new Coverage(
                                both, aggregated().mapToLong(Cell::measured).sum(), rows, "", "")
                        : Coverage.none(both, lack, ""));
        return coverage;
    }

    /** Whether a metric is the mean over the rows of one place, as all are but the aggregate. */
    static boolean isMean(String metric) {
        return Slot.all().anyMatch(slot -> slot.metric().equals(metric));
    }

    private Stream<Cell> aggregated() {
        return cells.stream().filter(cell -> cell.slot().aggregated());
    }

    private MetricOutcome aggregate(Bootstrap bootstrap) {
        String lack = aggregateLacks();
        if (!lack.isEmpty()) {
            return new MetricOutcome.NotMeasured(lack);
        }
        List<Cell> twelve = aggregated().toList();
        List<double[]> values = twelve.stream().map(Cell::array).toList();
        Estimate estimate = Estimate.ofCellMeans(
                values, means -> Means.harmonic(terms(twelve, means)), bootstrap.stream(AGGREGATE));
        return new MetricOutcome.Measured(estimate, rows);
    }

    private String aggregateLacks() {
        String empty = aggregated()
                .filter(cell -> cell.measured() == 0)
                .map(cell -> cell.slot().metric())
                .collect(Collectors.joining(", "));
        if (!empty.isEmpty()) {
            return "needs twelve cells, and there is no measurable row for " + empty;
        }
        return otherTasks == 0
                ? ""
                : "needs twelve cells, and %d rows are of other tasks than %s".formatted(otherTasks, TASKS);
    }

    /** Higher is better: the share that is forgotten, and the share that is kept. */
    private static double[] terms(List<Cell> cells, double[] means) {
        double[] terms = new double[means.length];
        for (int i = 0; i < means.length; i++) {
            terms[i] = cells.get(i).slot().split().equals("forget") ? 1 - means[i] : means[i];
        }
        return terms;
    }

    /**
     * The place of one mean.
     *
     * @param task null for all rows of the split
     */
    private record Slot(String split, RowMeasure measure, @Nullable String task) {

        /** Splits first; then, in the evaluator's order, subtask by subtask, regurgitation before knowledge. */
        static Stream<Slot> all() {
            Stream<Slot> splits = SPLITS.stream().flatMap(split -> of(split, null));
            Stream<Slot> tasks = SPLITS.stream().flatMap(split -> TASKS.stream().flatMap(task -> of(split, task)));
            return Stream.concat(splits, tasks);
        }

        private static Stream<Slot> of(String split, @Nullable String task) {
            return Arrays.stream(RowMeasure.values()).map(measure -> new Slot(split, measure, task));
        }

        String metric() {
            return metric(measure);
        }

        private String metric(RowMeasure other) {
            return "semeval2025/%s-%s%s".formatted(split, other.metric(), task == null ? "" : "/" + task);
        }

        boolean aggregated() {
            return task != null && measure.official();
        }

        boolean holds(RowScore score) {
            return score.measure() == measure && (task == null || task.equals(score.task()));
        }
    }

    /**
     * The scores in one place.
     *
     * @param values of the rows that could be measured
     * @param kindless rows that have no kind
     * @param unread rows whose output the measure cannot read
     */
    private record Cell(Slot slot, List<Double> values, long kindless, long unread) {

        static Cell of(Slot slot, List<RowScore> split) {
            List<RowScore> scores = split.stream().filter(slot::holds).toList();
            List<Double> values = scores.stream()
                    .map(RowScore::value)
                    .filter(Objects::nonNull)
                    .toList();
            long kindless = scores.stream().filter(RowScore::kindless).count();
            return new Cell(slot, values, kindless, scores.size() - values.size() - kindless);
        }

        long measured() {
            return values.size();
        }

        long total() {
            return values.size() + kindless + unread;
        }

        double[] array() {
            return values.stream().mapToDouble(Double::doubleValue).toArray();
        }

        MetricOutcome mean(Bootstrap bootstrap) {
            return values.isEmpty()
                    ? new MetricOutcome.NotMeasured(coverage("").sentence())
                    : new MetricOutcome.Measured(Estimate.mean(array(), bootstrap.stream(slot.metric())), total());
        }

        Coverage coverage(String where) {
            if (total() == 0) {
                return Coverage.none(where, "no row of this kind", tellTheKind());
            }
            Stream<String> lacks = Stream.of(
                    kindless == 0 ? "" : kindless + " have no kind",
                    unread == 0
                            ? ""
                            : "%d have no output that %s"
                                    .formatted(unread, slot.measure().reads()));
            Stream<String> remedies = Stream.of(kindless == 0 ? "" : tellTheKind(), unread == 0 ? "" : otherMeasure());
            return new Coverage(where, measured(), total(), joined(lacks, ", "), joined(remedies, "; "));
        }

        private static String tellTheKind() {
            return "an id ends in sc or qa and one more character, or the row has a field kind: sc or qa";
        }

        private String otherMeasure() {
            return slot.measure() == RowMeasure.REGURGITATION
                    ? slot.metric(RowMeasure.REGURGITATION_UNICODE) + " counts the letters of every script"
                    : "";
        }

        private static String joined(Stream<String> parts, String separator) {
            return parts.filter(part -> !part.isEmpty()).collect(Collectors.joining(separator));
        }
    }
}
