package dev.lethe.worker.report;

import dev.lethe.api.status.MetricValue;
import dev.lethe.catalog.Catalog;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The numbers that a run is judged by, in the order of every table that shows them. */
public enum HeadlineMetric {
    FORGET_REGURGITATION("forget regurgitation", "semeval2025/forget-regurgitation"),
    FORGET_KNOWLEDGE("forget knowledge", "semeval2025/forget-knowledge"),
    RETAIN_REGURGITATION("retain regurgitation", "semeval2025/retain-regurgitation"),
    RETAIN_KNOWLEDGE("retain knowledge", "semeval2025/retain-knowledge"),
    TASK_AGGREGATE("task aggregate", "semeval2025/task-aggregate"),
    MIA_AUC("MIA AUC", "semeval2025/mia-auc"),
    RETAIN_PERPLEXITY("retain perplexity", "semeval2025/retain-perplexity");

    /** What stands for a number that was not measured. */
    public static final String NOT_MEASURED = "–";

    private final String label;
    private final String metric;

    HeadlineMetric(String label, String metric) {
        this.label = label;
        this.metric = metric;
    }

    /** Two words: what, and of what. */
    public String label() {
        return label;
    }

    /** {@code suite/metric}. */
    public String metric() {
        return metric;
    }

    /** Which values are good, in words. */
    public String direction() {
        return Catalog.SUITES.all().stream()
                .flatMap(suite -> suite.metric(metric).stream())
                .findFirst()
                .orElseThrow()
                .good()
                .words();
    }

    public @Nullable MetricValue of(Map<String, MetricValue> metrics) {
        return metrics.get(metric);
    }

    /** The value as every table prints it. */
    public static String text(@Nullable MetricValue measured) {
        return measured == null ? NOT_MEASURED : text(measured.value());
    }

    /** The 95 % interval, {@code 0.93–1.00} with three decimals; empty where there is none. */
    public static String interval(@Nullable MetricValue measured) {
        return measured == null || measured.low() == null || measured.high() == null
                ? ""
                : text(measured.low()) + "–" + text(measured.high());
    }

    /** {@code 5}: the rows behind a number; {@code 3 of 5} where some could not be measured. */
    public static String rows(MetricValue measured) {
        return measured.total() == null ? String.valueOf(measured.n()) : measured.n() + " of " + measured.total();
    }

    /** Three decimals; four significant digits from ten on, where only perplexities are. */
    public static String text(double value) {
        if (!Double.isFinite(value)) {
            return NOT_MEASURED;
        }
        double size = Math.abs(value);
        String format = size < 10 ? "%.3f" : size < 1e4 ? "%.4g" : "%.2e";
        return String.format(Locale.ROOT, format, value);
    }
}
