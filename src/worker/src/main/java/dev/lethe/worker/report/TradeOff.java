package dev.lethe.worker.report;

import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.icepear.echarts.charts.scatter.ScatterSeries;
import org.icepear.echarts.components.marker.MarkArea;
import org.icepear.echarts.components.marker.MarkLine;
import org.icepear.echarts.components.series.ItemStyle;
import org.icepear.echarts.components.series.LineStyle;
import org.icepear.echarts.components.tooltip.Tooltip;
import org.icepear.echarts.origin.util.SeriesOption;

/**
 * A forget metric against a retain metric: every system is one point.
 *
 * @param forget drawn upwards, 0 is ideal
 * @param retain drawn to the right, 1 is ideal
 */
record TradeOff(String title, HeadlineMetric forget, HeadlineMetric retain) {
    private static final List<TradeOff> ALL = List.of(
            new TradeOff("Knowledge", HeadlineMetric.FORGET_KNOWLEDGE, HeadlineMetric.RETAIN_KNOWLEDGE),
            new TradeOff("Regurgitation", HeadlineMetric.FORGET_REGURGITATION, HeadlineMetric.RETAIN_REGURGITATION),
            new TradeOff("Extraction", HeadlineMetric.FORGET_EXTRACTION, HeadlineMetric.RETAIN_EXTRACTION));

    /** A system that has both numbers. */
    private record Point(String system, MetricValue kept, MetricValue given) {
        Object[] at() {
            return new Object[] {kept.value(), given.value()};
        }

        String inWords() {
            return "%s keeps %s and still gives %s"
                    .formatted(system, HeadlineMetric.text(kept), HeadlineMetric.text(given));
        }
    }

    static List<Figure> figures(List<MeasuredSystem> systems, List<GateResult> gates) {
        return ALL.stream()
                .flatMap(tradeOff -> tradeOff.figure(systems, gates).stream())
                .toList();
    }

    private Optional<Figure> figure(List<MeasuredSystem> systems, List<GateResult> gates) {
        List<Point> points = systems.stream().flatMap(this::point).toList();
        if (points.isEmpty()) {
            return Optional.empty();
        }
        Palette palette = Palette.of(systems);
        List<SeriesOption> series = new ArrayList<>();
        series.add(ideal(gates));
        points.forEach(point -> series.add(series(point, palette)));
        var option = Figure.still()
                .setGrid(Figure.grid())
                .setLegend(Figure.legend().setItemWidth(14))
                .setXAxis(Figure.horizontal(retain.label()).setMin(0).setMax(1))
                .setYAxis(Figure.vertical(forget.label()).setMin(0).setMax(1))
                .setTooltip(new Tooltip().setFormatter("{a}: {c}").setConfine(true))
                .setSeries(series.toArray(SeriesOption[]::new));
        String words = points.stream().map(Point::inWords).collect(Collectors.joining("; "));
        return Optional.of(
                Figure.of(title, "", title + " against the ideal of 1 kept and 0 given: " + words, 340, option));
    }

    private Stream<Point> point(MeasuredSystem system) {
        MetricValue kept = retain.of(system.metrics());
        MetricValue given = forget.of(system.metrics());
        return kept == null || given == null ? Stream.empty() : Stream.of(new Point(system.name(), kept, given));
    }

    private ScatterSeries ideal(List<GateResult> gates) {
        String star = "path://M50,0 L61,35 L98,35 L68,57 L79,91 L50,70 L21,91 L32,57 L2,35 L39,35 Z";
        ScatterSeries ideal = new ScatterSeries()
                .setName("ideal")
                .setSymbol(star)
                .setSymbolSize(18)
                .setClip(false)
                .setItemStyle(new ItemStyle().setColor("#c2a11b"))
                .setData(new Object[][] {{1, 0}});
        return gated(gates) ? ideal.setMarkArea(area(gates)) : ideal;
    }

    boolean gated(List<GateResult> gates) {
        return limit(gates, forget, "max").isPresent()
                || limit(gates, retain, "min").isPresent();
    }

    /** Whether any of the charts shades what the gates allow. */
    static boolean anyGated(List<GateResult> gates) {
        return ALL.stream().anyMatch(tradeOff -> tradeOff.gated(gates));
    }

    private MarkArea area(List<GateResult> gates) {
        double least = limit(gates, retain, "min").orElse(0.0);
        double most = limit(gates, forget, "max").orElse(1.0);
        Object[] corners = {Coordinate.at(least, 0), Coordinate.at(1, most)};
        return new MarkArea()
                .setSilent(true)
                .setItemStyle(new ItemStyle().setColor("#27a06a").setOpacity(0.14))
                .setData(new Object[] {corners});
    }

    private static Optional<Double> limit(List<GateResult> gates, HeadlineMetric headline, String side) {
        return gates.stream()
                .filter(gate ->
                        gate.metric().equals(headline.metric()) && gate.bound().startsWith(side))
                .map(GateResult::limit)
                .filter(limit -> limit != null)
                .findFirst();
    }

    /** An end of a line or a corner of an area, as ECharts names it. */
    private record Coordinate(List<Double> coord) {
        static Coordinate at(double x, double y) {
            return new Coordinate(List.of(x, y));
        }
    }

    private static ScatterSeries series(Point point, Palette palette) {
        String colour = palette.colour(point.system());
        return new ScatterSeries()
                .setName(point.system())
                .setSymbol(palette.symbol(point.system()))
                .setSymbolSize(15)
                .setClip(false)
                .setItemStyle(new ItemStyle().setColor(colour))
                .setMarkLine(intervals(point, colour))
                .setData(new Object[][] {point.at()});
    }

    private static MarkLine intervals(Point point, String colour) {
        MetricValue x = point.kept();
        MetricValue y = point.given();
        List<Object> lines = new ArrayList<>();
        if (x.low() != null && x.high() != null) {
            lines.add(line(x.low(), y.value(), x.high(), y.value()));
        }
        if (y.low() != null && y.high() != null) {
            lines.add(line(x.value(), y.low(), x.value(), y.high()));
        }
        return new MarkLine()
                .setSilent(true)
                .setSymbol("none")
                .setLineStyle(new LineStyle()
                        .setColor(colour)
                        .setType("solid")
                        .setWidth(1.5)
                        .setOpacity(0.6))
                .setData(lines.toArray());
    }

    private static Object[] line(double x1, double y1, double x2, double y2) {
        return new Object[] {Coordinate.at(x1, y1), Coordinate.at(x2, y2)};
    }
}
