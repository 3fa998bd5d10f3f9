package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job's systems are measured, and what the merge must reach.
 *
 * @param suites what is measured; the recipe's when absent
 * @param gates bounds that the merged model must keep to be published; the recipe's when absent
 * @param compute for the evaluations, in place of the job's
 */
@ValidationRule(
        value = "!has(self.gates) || self.gates.all(g, has(self.suites)"
                + " ? self.suites.exists(s, g.metric.startsWith(s.name + '/')) : g.metric.startsWith('semeval2025/'))",
        fieldPath = ".gates",
        message = "a gate's metric must belong to one of the suites")
public record EvaluationSettings(
        @KeyedBy("name") @Size(min = 1, max = 8) @Nullable List<SuiteSpec> suites,
        @Size(max = 32) @Nullable List<Gate> gates,
        @Nullable Compute compute) {}
