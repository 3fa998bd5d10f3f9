package dev.lethe.unlearning.suite;

import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A named set of metrics, and how a model is measured with it. */
public interface Suite {

    /** What it is: its name, which every metric's begins with, its metrics, and what it reads. */
    SuiteDescriptor descriptor();

    /** The full names of all metrics that the suite can report. */
    default Set<String> metrics() {
        return descriptor().metricNames().collect(Collectors.toUnmodifiableSet());
    }

    /**
     * How many rows each metric can be measured on with these inputs. Reads no model.
     *
     * @return by the full name of the metric, every metric of the suite
     * @throws InvalidInput where data cannot be read or is not of its form
     */
    Map<String, Coverage> coverage(SuiteInputs inputs);

    /**
     * What a metric is, with its interval, where it is measured on rows of these values; empty for a metric that takes more than
     * a value of each row.
     *
     * @param metric the full name
     * @param rows at least one value
     */
    default Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.empty();
    }

    /**
     * Measures a model. The work is journalled in the folder, texts included; started again on the same folder, it
     * continues where it stopped and finds the same numbers.
     *
     * @param folder the suite's own; made where it does not exist
     * @throws InvalidInput where data cannot be read or is not of its form, or where the folder holds the work on
     *     another model or on other data
     */
    SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress);
}
