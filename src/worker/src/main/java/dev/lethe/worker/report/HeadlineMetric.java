package dev.lethe.worker.report;

import dev.lethe.api.status.MetricValue;
import dev.lethe.catalog.Catalog;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The numbers that a run is judged by, in the order of every table that shows them. */
public enum HeadlineMetric {
    FORGET_REGURGITATION("forget regurgitation", "semeval2025/forget-regurgitation"),
    FORGET_KNOWLEDGE("forget knowledge", "semeval2025/forget-knowledge"),
    RETAIN_REGURGITATION("retain regurgitation", "semeval2025/retain-regurgitation"),
    RETAIN_KNOWLEDGE("retain knowledge", "semeval2025/retain-knowledge"),
    TASK_AGGREGATE("task aggregate", "semeval2025/task-aggregate"),
    MIA_AUC("MIA AUC", "semeval2025/mia-auc"),
    RETAIN_PERPLEXITY("retain perplexity", "semeval2025/retain-perplexity"),
    FORGET_EXTRACTION("forget extraction", "memorization/forget-extraction"),
    RETAIN_EXTRACTION("retain extraction", "memorization/retain-extraction"),
    MIN_K_AUC("min-k AUC", "mia/min-k-auc"),
    UTILITY_PERPLEXITY("utility perplexity", "utility/perplexity"),
    CHOICE_ACCURACY("choice accuracy", "utility/choice-accuracy"),
    FORGET_DEGENERATE("forget degenerate", "fluency/forget-degenerate"),
    RETAIN_DEGENERATE("retain degenerate", "fluency/retain-degenerate");

    /** What stands for a number that was not measured. */
    public static final String NOT_MEASURED = "–";

    private final String label;
    private final String metric;

    HeadlineMetric(String label, String metric) {
        this.label = label;
        this.metric = metric;
    }

    /**
     * Those that a table of systems shows: of each suite that measured any of them in any system; of the first suite where none
     * did.
     *
     * @param systems the metrics of each
     */
    public static List<HeadlineMetric> shown(Collection<? extends Map<String, MetricValue>> systems) {
        Set<String> suites = Arrays.stream(values())
                .filter(headline -> systems.stream().anyMatch(metrics -> headline.of(metrics) != null))
                .map(HeadlineMetric::suite)
                .collect(Collectors.toSet());
        Set<String> shown = suites.isEmpty() ? Set.of(values()[0].suite()) : suites;
        return Arrays.stream(values())
                .filter(headline -> shown.contains(headline.suite()))
                .toList();
    }

    String suite() {
        return metric.substring(0, metric.indexOf('/'));
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
