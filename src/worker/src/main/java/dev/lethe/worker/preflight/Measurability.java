package dev.lethe.worker.preflight;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.suite.Coverage;
import dev.lethe.unlearning.suite.SuiteInputs;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.worker.FileUris;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What can be measured with a job's data, whatever its models answer: known before anything is trained.
 *
 * @param coverage how many rows each metric is measured on, by its name
 * @param problems a line for each gate that could never be decided, since no row is measurable for its metric
 * @param notes remarks on metrics that are measured on less than all rows, a line each
 */
public record Measurability(Map<String, Coverage> coverage, List<InvalidInput> problems, List<String> notes) {
    /**
     * Checks gates against data.
     *
     * @param suites with {@code file:} URIs
     * @param prompting as these rows were put
     * @param gates on metrics of these suites
     * @throws InvalidInput where the data of a suite cannot be read or is not of its form
     */
    public static Measurability of(
            List<SuiteSpec> suites, Rows forget, Rows retain, Prompting prompting, List<Gate> gates) {
        Map<String, Coverage> coverage = new TreeMap<>();
        for (SuiteSpec suite : suites) {
            Map<String, Path> files = suite.sources().entrySet().stream()
                    .collect(Collectors.toMap(
                            it -> it.getKey().substring(suite.name().length() + 1),
                            it -> FileUris.path(it.getValue().uri())));
            SuiteInputs inputs = new SuiteInputs(forget, retain, files, prompting);
            coverage.putAll(Suites.LETHE.named(suite.name()).coverage(inputs));
        }
        Set<String> gated = gates.stream().map(Gate::metric).collect(Collectors.toSet());
        List<InvalidInput> problems = new ArrayList<>();
        gated.stream().sorted().filter(coverage::containsKey).forEach(metric -> {
            Coverage of = coverage.get(metric);
            if (of.measured() == 0) {
                problems.add(problem(metric, of));
            }
        });
        return new Measurability(Map.copyOf(coverage), List.copyOf(problems), notes(coverage, gated));
    }

    /**
     * Remarks, a line each; metrics with the same remark share a line.
     *
     * @param coverage by the name of the metric
     * @param gated metrics with a gate, which get every remark; others only get those on rows of a whole set
     */
    public static List<String> notes(Map<String, Coverage> coverage, Set<String> gated) {
        Map<String, String> metrics = new LinkedHashMap<>();
        coverage.forEach((metric, of) -> {
            boolean headline = metric.indexOf('/') == metric.lastIndexOf('/') && of.measured() < of.total();
            if (of.total() > 0 && !of.lack().isEmpty() && (headline || gated.contains(metric))) {
                metrics.merge(of.where() + ": " + of.sentence(), metric, (a, b) -> a + ", " + b);
            }
        });
        return metrics.entrySet().stream()
                .map(note -> note.getValue() + ": " + note.getKey())
                .toList();
    }

    private static InvalidInput problem(String metric, Coverage of) {
        String found = of.total() == 0 ? of.lack() : "%s measurable: %s".formatted(of.count(), of.lack());
        return InvalidInput.at(
                of.where(),
                "gate on " + metric,
                found,
                "at least one measurable row" + (of.remedy().isEmpty() ? "" : "; " + of.remedy()));
    }
}
