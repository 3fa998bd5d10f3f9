package dev.lethe.worker.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * The losses of one specialist over its steps.
 *
 * @param specialist its name
 */
public record LossCurve(String specialist, List<Step> steps) {
    /**
     * One line of a training's {@code losses.jsonl}.
     *
     * @param step from 1
     * @param epoch from 1
     * @param total what was minimised
     * @param terms the parts of the total, unweighted, by name
     */
    public record Step(int step, int epoch, double learningRate, double total, Map<String, Double> terms) {}

    /** A point of a line: the middle of some steps, and the mean of a loss over them. */
    record Point(double step, double loss) {}

    /** Reads {@code losses.jsonl}. */
    static LossCurve read(String specialist, Path file) {
        return new LossCurve(specialist, MetricLines.read(file, Step.class));
    }

    SortedSet<String> terms() {
        SortedSet<String> names = new TreeSet<>();
        steps.forEach(step -> names.addAll(step.terms().keySet()));
        return names;
    }

    /** The line of one loss, averaged so that it has at most so many points; steps without a finite value are left out. */
    List<Point> line(ToDoubleFunction<Step> loss, int points) {
        int width = Math.max(1, (steps.size() + points - 1) / points);
        List<Point> line = new ArrayList<>();
        for (int from = 0; from < steps.size(); from += width) {
            List<Step> bucket = steps.subList(from, Math.min(from + width, steps.size()));
            double middle = (bucket.getFirst().step() + bucket.getLast().step()) / 2.0;
            bucket.stream()
                    .mapToDouble(loss)
                    .filter(Double::isFinite)
                    .average()
                    .ifPresent(mean -> line.add(new Point(middle, mean)));
        }
        return line;
    }
}
