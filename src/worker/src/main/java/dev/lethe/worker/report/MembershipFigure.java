package dev.lethe.worker.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.icepear.echarts.charts.bar.BarItemStyle;
import org.icepear.echarts.charts.bar.BarSeries;
import org.icepear.echarts.components.tooltip.Tooltip;
import org.icepear.echarts.origin.util.SeriesOption;

/** Histograms of members and non-members over each other, as shares, since there may be more of one. */
final class MembershipFigure {
    private static final int BINS = 20;

    private MembershipFigure() {}

    /** One for each system of which there are both members and non-members. */
    static List<Figure> all(List<MembershipLosses> losses, List<MeasuredSystem> systems) {
        return systems.stream()
                .flatMap(system -> losses.stream()
                        .filter(of -> of.system().equals(system.name()))
                        .filter(of ->
                                !of.members().isEmpty() && !of.nonMembers().isEmpty())
                        .map(of -> of(of, HeadlineMetric.text(HeadlineMetric.MIA_AUC.of(system.metrics())))))
                .toList();
    }

    private static Figure of(MembershipLosses losses, String auc) {
        Bins bins = Bins.over(Stream.concat(losses.members().stream(), losses.nonMembers().stream())
                .mapToDouble(Double::doubleValue)
                .toArray());
        var option = Figure.still()
                .setGrid(Figure.grid())
                .setLegend(Figure.legend())
                .setXAxis(Figure.categories("mean loss per token (nats)").setData(bins.labels()))
                .setYAxis(Figure.vertical("% of documents"))
                .setTooltip(new Tooltip().setTrigger("axis").setConfine(true))
                .setSeries(new SeriesOption[] {
                    bars("members", bins.shares(losses.members()), Palette.MEMBERS),
                    bars("non-members", bins.shares(losses.nonMembers()), Palette.NON_MEMBERS)
                });
        String note = "AUC %s, %d members, %d non-members"
                .formatted(auc, losses.members().size(), losses.nonMembers().size());
        String description = "Losses of %s: members %s, non-members %s; %s"
                .formatted(losses.system(), spread(losses.members()), spread(losses.nonMembers()), note);
        return Figure.of(losses.system(), note, description, 280, option);
    }

    private static BarSeries bars(String name, Object[] shares, String colour) {
        return new BarSeries()
                .setName(name)
                .setBarGap("-100%")
                .setBarCategoryGap("0%")
                .setItemStyle(new BarItemStyle().setColor(colour).setOpacity(0.6))
                .setData(shares);
    }

    private static String spread(List<Double> losses) {
        double[] sorted =
                losses.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0
                ? "none"
                : "from %s to %s"
                        .formatted(HeadlineMetric.text(sorted[0]), HeadlineMetric.text(sorted[sorted.length - 1]));
    }

    /** Bins of equal width from {@code low} on. */
    private record Bins(double low, double width) {
        static Bins over(double[] values) {
            double low = DoubleStream.of(values).min().orElse(0);
            double high = DoubleStream.of(values).max().orElse(1);
            return new Bins(low, high > low ? (high - low) / BINS : 1);
        }

        /** The middle of each bin. */
        Object[] labels() {
            String format = width < 0.1 ? "%.3f" : "%.2f";
            return IntStream.range(0, BINS)
                    .mapToObj(bin -> String.format(Locale.ROOT, format, low + (bin + 0.5) * width))
                    .toArray();
        }

        /** Per cent of the values in each bin. */
        Object[] shares(List<Double> values) {
            long[] counts = new long[BINS];
            values.forEach(value -> counts[Math.min(BINS - 1, (int) ((value - low) / width))]++);
            return IntStream.range(0, BINS)
                    .mapToObj(bin -> Figure.rounded(100.0 * counts[bin] / values.size()))
                    .toArray();
        }
    }
}
