package dev.lethe.worker.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.icepear.echarts.charts.line.LineSeries;
import org.icepear.echarts.components.tooltip.Tooltip;
import org.icepear.echarts.origin.util.SeriesOption;
import org.jspecify.annotations.Nullable;

/**
 * What a training that ends by a target measured on its way.
 *
 * @param specialist its name
 */
public record Trajectory(String specialist, List<Point> points) {
    /**
     * One line of a training's {@code trajectory.jsonl}.
     *
     * @param step steps done
     * @param learningRate of the steps that followed
     * @param forgetting the factor of the forget term's weight in them
     * @param attack the attack under which it was measured, counted from 1; 0 where there was none, absent in runs of before there were any
     * @param did what was decided
     */
    public record Point(
            int step, double learningRate, double forgetting, @Nullable Integer attack, Saw saw, String did) {}

    /**
     * Shares of answers' tokens that the model would have said itself, and losses in nats per token.
     *
     * @param standing rows to forget that did not meet the target
     */
    public record Saw(
            int standing,
            double forgetExact,
            double forgetWorst,
            double forgetLoss,
            double retainExact,
            double retainLoss) {}

    /** Reads {@code trajectory.jsonl}. */
    static Trajectory read(String specialist, Path file) {
        return new Trajectory(specialist, MetricLines.read(file, Point.class));
    }

    Figure figure() {
        List<SeriesOption> lines = List.of(
                line("forget rows", Saw::forgetExact, 0),
                line("the forget row that is remembered best", Saw::forgetWorst, 1),
                line("retain rows", Saw::retainExact, 2));
        var option = Figure.still()
                .setGrid(Figure.grid())
                .setLegend(Figure.legend().setIcon("rect").setItemWidth(18).setItemHeight(3))
                .setXAxis(Figure.horizontal("step").setMin(0))
                .setYAxis(Figure.vertical("said by itself").setMin(0).setMax(1))
                .setTooltip(new Tooltip().setTrigger("axis").setConfine(true))
                .setSeries(lines.toArray(SeriesOption[]::new));
        return Figure.of(specialist, note(), description(), 320, option);
    }

    private LineSeries line(String name, ToDoubleFunction<Saw> share, int colour) {
        return LossFigure.series(
                name,
                points.stream()
                        .map(point -> new double[] {point.step(), Figure.rounded(share.applyAsDouble(point.saw()))})
                        .toArray(),
                Palette.line(colour),
                "solid");
    }

    /** What the training ended with. */
    private String note() {
        if (points.isEmpty()) {
            return "no measurement";
        }
        Point last = points.getLast();
        return last.did().equals("DONE")
                ? "the target held after %d steps".formatted(last.step()) + attacks()
                : "rows that still stood after %d steps: %d"
                        .formatted(last.step(), last.saw().standing());
    }

    private String attacks() {
        int most = points.stream()
                .map(Point::attack)
                .filter(Objects::nonNull)
                .mapToInt(it -> it)
                .max()
                .orElse(0);
        return most == 0
                ? ""
                : "; %d relearning %s: under one, the lines of forget rows are of the attacked model"
                        .formatted(most, most == 1 ? "attack was withstood" : "attacks were withstood");
    }

    private String description() {
        if (points.isEmpty()) {
            return "No measurement of " + specialist;
        }
        Saw first = points.getFirst().saw();
        Saw last = points.getLast().saw();
        return "What %s says itself: of forget rows from %s to %s, of retain rows from %s to %s"
                .formatted(
                        specialist,
                        HeadlineMetric.text(first.forgetExact()),
                        HeadlineMetric.text(last.forgetExact()),
                        HeadlineMetric.text(first.retainExact()),
                        HeadlineMetric.text(last.retainExact()));
    }
}
