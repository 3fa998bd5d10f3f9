package dev.lethe.worker.report;

import java.math.BigDecimal;
import java.math.MathContext;
import org.icepear.echarts.Option;
import org.icepear.echarts.components.coord.cartesian.CategoryAxis;
import org.icepear.echarts.components.coord.cartesian.ValueAxis;
import org.icepear.echarts.components.grid.Grid;
import org.icepear.echarts.components.legend.Legend;
import org.icepear.echarts.serializer.EChartsSerializer;

/**
 * One chart of the report.
 *
 * @param description the alternative text
 * @param height in pixels
 * @param option ECharts' option as JSON that may stand inside a script element
 */
record Figure(String title, String note, String description, int height, String option) {
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    /** A chart without animation, so that it prints as it stands. */
    static Option still() {
        return new Option().setAnimation(false);
    }

    static Figure of(String title, String note, String description, int height, Option option) {
        String json = new EChartsSerializer().toJson(option).replace("<", "\\u003c");
        return new Figure(title, note, description, height, json);
    }

    /** A grid that leaves room for the names of both axes and for a legend of one line above. */
    static Grid grid() {
        return new Grid().setLeft(36).setRight(20).setTop(44).setBottom(34).setContainLabel(true);
    }

    static Legend legend() {
        return new Legend().setTop(0).setLeft(0).setType("scroll");
    }

    static ValueAxis horizontal(String name) {
        return new ValueAxis().setName(name).setNameLocation("middle").setNameGap(30);
    }

    static ValueAxis vertical(String name) {
        return new ValueAxis().setName(name).setNameLocation("middle").setNameGap(46);
    }

    static CategoryAxis categories(String name) {
        return new CategoryAxis().setName(name).setNameLocation("middle").setNameGap(30);
    }

    /** Four significant digits are more than a chart can show. */
    static double rounded(double value) {
        return value == 0 || !Double.isFinite(value)
                ? value
                : new BigDecimal(value).round(FOUR_DIGITS).doubleValue();
    }
}
