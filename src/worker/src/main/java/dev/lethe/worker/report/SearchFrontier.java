package dev.lethe.worker.report;

import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.stage.MergeSearchResult.Merge;
import dev.lethe.api.stage.MergeSearchResult.Trial;
import dev.lethe.api.status.MetricValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.icepear.echarts.charts.scatter.ScatterSeries;
import org.icepear.echarts.components.marker.MarkArea;
import org.icepear.echarts.components.series.ItemStyle;
import org.icepear.echarts.components.tooltip.Tooltip;
import org.icepear.echarts.origin.util.SeriesOption;
import org.jspecify.annotations.Nullable;

/**
 * What a search tried: what each merge keeps against what it still says itself.
 *
 * @param summary what was chosen
 * @param transfer how the choice does on rows that the search never saw
 */
record SearchFrontier(String summary, String transfer, Figure figure) {
    static SearchFrontier of(MergeSearchResult search) {
        return new SearchFrontier(search.summary(), transfer(search), figure(search));
    }

    private static String transfer(MergeSearchResult search) {
        Measures seen = search.calibration();
        Measures unseen = search.test();
        if (unseen == null) {
            return "There are too few rows to measure it on some that the search never saw.";
        }
        return ("On rows that the search never saw it has exact memorisation %s of forget rows and %s of retain rows%s;"
                        + " on those that it saw %s and %s%s.")
                .formatted(
                        number(unseen.forget().exact()),
                        number(unseen.retain().exact()),
                        attack(unseen.auc()),
                        number(seen.forget().exact()),
                        number(seen.retain().exact()),
                        attack(seen.auc()));
    }

    private static String attack(@Nullable MetricValue auc) {
        return auc == null ? "" : ", AUC " + number(auc.value());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static Figure figure(MergeSearchResult search) {
        SortedMap<String, List<Object[]>> points = new TreeMap<>();
        for (Trial trial : search.trials()) {
            points.computeIfAbsent(series(trial.merge()), name -> new ArrayList<>())
                    .add(point(trial.measures(), search));
        }
        List<SeriesOption> series = new ArrayList<>();
        series.add(
                marked("base", Palette.TOTAL, "circle", search.base(), search).setMarkArea(area(search)));
        points.forEach((name, at) -> series.add(new ScatterSeries()
                .setName(name)
                .setSymbolSize(9)
                .setClip(false)
                .setItemStyle(new ItemStyle().setColor(Palette.line(series.size() - 1)))
                .setData(at.toArray(Object[][]::new))));
        series.add(marked("chosen", "#27a06a", "diamond", search.calibration(), search));
        var option = Figure.still()
                .setGrid(Figure.grid())
                .setLegend(Figure.legend().setItemWidth(14))
                .setXAxis(Figure.horizontal("share of retain memorisation kept").setMin(0))
                .setYAxis(Figure.vertical("forget exact memorisation").setMin(0).setMax(1))
                .setTooltip(new Tooltip().setFormatter("{a}: {c}").setConfine(true))
                .setSeries(series.toArray(SeriesOption[]::new));
        String note = "%d merges; the shaded area keeps the bounds on means"
                .formatted(search.trials().size());
        String words = "The chosen merge, %s, keeps %s of retain memorisation and says %s of forget rows itself"
                .formatted(
                        search.chosen().inWords(),
                        number(kept(search.calibration(), search)),
                        number(search.calibration().forget().exact()));
        return Figure.of("Merges tried", note, words, 340, option);
    }

    private static String series(Merge merge) {
        String name = merge.weights().size() == 1 ? merge.weights().firstKey() + " alone" : merge.method();
        return merge.checkpoints().isEmpty() ? name : name + " of checkpoints";
    }

    private static ScatterSeries marked(
            String name, String colour, String symbol, Measures measures, MergeSearchResult search) {
        return new ScatterSeries()
                .setName(name)
                .setSymbol(symbol)
                .setSymbolSize(17)
                .setClip(false)
                .setItemStyle(new ItemStyle().setColor(colour))
                .setData(new Object[][] {point(measures, search)});
    }

    private static Object[] point(Measures measures, MergeSearchResult search) {
        return new Object[] {
            Figure.rounded(kept(measures, search)),
            Figure.rounded(measures.forget().exact())
        };
    }

    private static double kept(Measures measures, MergeSearchResult search) {
        double base = search.base().retain().exact();
        return base == 0 ? 1 : measures.retain().exact() / base;
    }

    private static MarkArea area(MergeSearchResult search) {
        Object[] corners = {
            new Corner(List.of(search.retainShare(), 0.0)), new Corner(List.of(1.0, search.forgetExact()))
        };
        return new MarkArea()
                .setSilent(true)
                .setItemStyle(new ItemStyle().setColor("#27a06a").setOpacity(0.14))
                .setData(new Object[] {corners});
    }

    /** A corner of an area, as ECharts names it. */
    private record Corner(List<Double> coord) {}
}
