package dev.lethe.catalog;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A set of metrics that are measured together.
 *
 * @param metrics in the order in which they are told
 * @param inputs what it reads besides the rows to forget and to retain
 */
public record SuiteDescriptor(
        String name,
        String summary,
        List<Metric> metrics,
        List<Input> inputs,
        List<Option> options,
        String source,
        String since)
        implements Descriptor {
    public SuiteDescriptor {
        metrics = List.copyOf(metrics);
        inputs = List.copyOf(inputs);
        options = List.copyOf(options);
    }

    /**
     * A number of a suite.
     *
     * @param name without the suite's
     * @param good which values are good
     * @param low the least value that there can be
     * @param high the largest; {@code Double.MAX_VALUE} where there is none
     * @param parts what it is also measured of, as {@code name/part}; none for most
     * @param needs the inputs without which it is not measured
     * @param text what it is, as a sentence
     */
    public record Metric(
            String name, Good good, double low, double high, List<String> parts, List<String> needs, String text) {
        public Metric {
            parts = List.copyOf(parts);
            needs = List.copyOf(needs);
        }
    }

    /** Which values of a metric are good. */
    public enum Good {
        LOWER("lower is better"),
        HIGHER("higher is better"),
        HALF("best at 0.5");

        private final String words;

        Good(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /**
     * Something that a suite reads.
     *
     * @param form of what lies at its place
     * @param required whether the suite cannot do without it
     */
    public record Input(String name, Form form, boolean required, String text) {}

    /** What an input is. */
    public enum Form {
        /** Whole texts. */
        DOCUMENTS,
        /** Prompts with their answers, as forget and retain rows are. */
        ROWS,
        /** Questions with the choices that there are for an answer. */
        CHOICES,
        FOLDER
    }

    /** Whole names of all metrics, each part's too. */
    public Stream<String> metricNames() {
        return metrics.stream()
                .flatMap(metric -> Stream.concat(
                        Stream.of(name + "/" + metric.name),
                        metric.parts.stream().map(part -> name + "/" + metric.name + "/" + part)));
    }

    /** The metric of a whole name, of a part's too. */
    public Optional<Metric> metric(String wholeName) {
        return metrics.stream()
                .filter(it -> (wholeName + "/").startsWith(name + "/" + it.name + "/"))
                .findFirst();
    }
}
