package dev.lethe.planner.gate;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.Verdict;
import dev.lethe.catalog.Named;
import dev.lethe.planner.recipe.InvalidSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides gates from measured numbers. They fail closed: what was not measured is inconclusive, never passed. */
public final class Gates {
    private Gates() {}

    /**
     * Decides every bound of every gate, in the order of the gates; within a gate: max, min, maxOfBase, minOfBase.
     *
     * @param system what was measured, by {@code suite/metric}
     * @param base the metrics of the base model, for bounds relative to it
     */
    public static List<GateResult> decide(
            List<Gate> gates, Map<String, MetricValue> system, Map<String, MetricValue> base) {
        var results = new ArrayList<GateResult>();
        for (var gate : gates) {
            var bounds = Bound.of(gate, value(measured(base, gate.metric())));
            var value = measured(system, gate.metric());
            bounds.forEach(bound -> results.add(bound.decide(gate.metric(), value)));
        }
        return List.copyOf(results);
    }

    /**
     * Decides the same bounds anew, from these numbers alone.
     *
     * @param decided the earlier results
     */
    public static List<GateResult> decideAgain(
            List<GateResult> decided, Map<String, MetricValue> system, Map<String, MetricValue> base) {
        return decided.stream()
                .map(result -> Bound.of(result, value(measured(base, result.metric())))
                        .decide(result.metric(), measured(system, result.metric())))
                .toList();
    }

    /**
     * Failed where a bound is not met, else inconclusive where one could not be decided, else passed. Without any bound it is
     * inconclusive.
     */
    public static Verdict verdict(List<GateResult> results) {
        if (results.isEmpty()) {
            return Verdict.Inconclusive;
        }
        var verdicts = results.stream().map(GateResult::verdict).collect(Collectors.toSet());
        if (verdicts.contains(Verdict.Failed)) {
            return Verdict.Failed;
        }
        return verdicts.contains(Verdict.Inconclusive) ? Verdict.Inconclusive : Verdict.Passed;
    }

    /** Why something ends whose gates do not pass; empty where they do. */
    public static Optional<Reason> refusal(List<GateResult> results) {
        return switch (verdict(results)) {
            case Failed -> Optional.of(Reason.GatesFailed);
            case Inconclusive -> Optional.of(Reason.GatesInconclusive);
            case Passed, Declared -> Optional.empty();
        };
    }

    /** Every bound that did not pass, with its numbers, in one line. */
    public static String explain(List<GateResult> results) {
        return results.stream()
                .filter(result -> result.verdict() != Verdict.Passed)
                .map(Gates::explain)
                .collect(Collectors.joining("; "));
    }

    private static String explain(GateResult result) {
        if (result.verdict() == Verdict.Inconclusive) {
            return result.metric() + ": " + result.message();
        }
        var relation = result.bound().startsWith("max") ? "above" : "below";
        return "%s: %s is %s %s %s"
                .formatted(
                        result.metric(),
                        result.message() == null
                                ? result.value()
                                : result.value() + ", whose " + result.message() + ",",
                        relation,
                        result.bound(),
                        result.limit());
    }

    /**
     * Rejects a gate on a metric that no suite reports.
     *
     * @throws InvalidSpec naming the nearest metric
     */
    public static void requireKnown(List<Gate> gates, Collection<String> knownMetricNames) {
        for (int i = 0; i < gates.size(); i++) {
            var metric = gates.get(i).metric();
            if (!knownMetricNames.contains(metric)) {
                throw new InvalidSpec(
                        "gates[%d].metric".formatted(i),
                        metric,
                        "a metric of the suites"
                                + Named.nearest(metric, knownMetricNames)
                                        .map(it -> "; did you mean " + it + "?")
                                        .orElse(""));
            }
        }
    }

    private static @Nullable MetricValue measured(Map<String, MetricValue> metrics, String name) {
        var metric = metrics.get(name);
        return metric == null || metric.n() <= 0 || !Double.isFinite(metric.value()) ? null : metric;
    }

    private static @Nullable Double value(@Nullable MetricValue metric) {
        return metric == null ? null : metric.value();
    }
}
