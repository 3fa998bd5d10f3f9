package dev.lethe.unlearning.suite;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a suite found: every metric of the suite is in exactly one of the two maps.
 *
 * @param metrics by {@code suite/metric}
 * @param notMeasured why there is no number, by {@code suite/metric}; never quotes data
 */
public record SuiteResult(SortedMap<String, Measurement> metrics, SortedMap<String, String> notMeasured) {

    public SuiteResult {
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        notMeasured = Collections.unmodifiableSortedMap(new TreeMap<>(notMeasured));
    }

    static SuiteResult of(Map<String, MetricOutcome> outcomes) {
        SortedMap<String, Measurement> metrics = new TreeMap<>();
        SortedMap<String, String> notMeasured = new TreeMap<>();
        outcomes.forEach((name, outcome) -> {
            switch (outcome) {
                case MetricOutcome.Measured measured -> metrics.put(name, Measurement.of(measured));
                case MetricOutcome.NotMeasured missing -> notMeasured.put(name, missing.reason());
            }
        });
        return new SuiteResult(metrics, notMeasured);
    }
}
