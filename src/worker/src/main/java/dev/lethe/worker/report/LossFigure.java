package dev.lethe.worker.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.icepear.echarts.charts.line.LineSeries;
import org.icepear.echarts.components.series.ItemStyle;
import org.icepear.echarts.components.series.LineStyle;
import org.icepear.echarts.components.tooltip.Tooltip;
import org.icepear.echarts.origin.util.SeriesOption;

/** Losses over steps, one line for each term of the objective and one for the total. */
final class LossFigure {
    /** More points than a screen's width tells apart only make the file large. */
    private static final int POINTS = 400;

    private LossFigure() {}

    static Figure of(LossCurve curve) {
        List<SeriesOption> lines = new ArrayList<>();
        for (String term : curve.terms()) {
            lines.add(line(curve, term, step -> term(step, term), Palette.line(lines.size()), "solid"));
        }
        lines.add(line(curve, "total", LossCurve.Step::total, Palette.TOTAL, "dashed"));
        var option = Figure.still()
                .setGrid(Figure.grid())
                .setLegend(Figure.legend().setIcon("rect").setItemWidth(18).setItemHeight(3))
                .setXAxis(Figure.horizontal("step").setMin(0))
                .setYAxis(Figure.vertical("loss").setScale(true))
                .setTooltip(new Tooltip().setTrigger("axis").setConfine(true))
                .setSeries(lines.toArray(SeriesOption[]::new));
        return Figure.of(curve.specialist(), note(curve), description(curve), 320, option);
    }

    private static LineSeries line(
            LossCurve curve, String name, ToDoubleFunction<LossCurve.Step> loss, String colour, String type) {
        Object[] points = curve.line(loss, POINTS).stream()
                .map(point -> new double[] {point.step(), Figure.rounded(point.loss())})
                .toArray();
        return series(name, points, colour, type);
    }

    /** A line through points of x and y. */
    static LineSeries series(String name, Object[] points, String colour, String type) {
        return new LineSeries()
                .setName(name)
                .setShowSymbol(points.length == 1)
                .setItemStyle(new ItemStyle().setColor(colour))
                .setLineStyle(new LineStyle().setColor(colour).setType(type).setWidth(1.8))
                .setData(points);
    }

    private static String note(LossCurve curve) {
        if (curve.steps().isEmpty()) {
            return "no step";
        }
        LossCurve.Step last = curve.steps().getLast();
        String averaged = curve.steps().size() > POINTS ? ", averaged to at most " + POINTS + " points" : "";
        return "%d steps, %d epochs%s".formatted(last.step(), last.epoch(), averaged);
    }

    private static String description(LossCurve curve) {
        if (curve.steps().isEmpty()) {
            return "No losses of " + curve.specialist();
        }
        LossCurve.Step first = curve.steps().getFirst();
        LossCurve.Step last = curve.steps().getLast();
        String terms = curve.terms().stream()
                .map(term -> "%s from %s to %s"
                        .formatted(term, HeadlineMetric.text(term(first, term)), HeadlineMetric.text(term(last, term))))
                .collect(Collectors.joining(", "));
        return "Losses of %s: %s, total from %s to %s"
                .formatted(
                        curve.specialist(),
                        terms,
                        HeadlineMetric.text(first.total()),
                        HeadlineMetric.text(last.total()));
    }

    private static double term(LossCurve.Step step, String term) {
        return step.terms().getOrDefault(term, Double.NaN);
    }
}
