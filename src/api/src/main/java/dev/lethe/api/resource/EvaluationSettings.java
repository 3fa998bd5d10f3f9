package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a job's systems are measured, and what the merge must reach.
 *
 * @param suites what is measured; the recipe's when absent
 * @param gates bounds that the merged model must keep to be published; the recipe's when absent
 * @param compute for the evaluations; what it leaves unsaid comes from the job's
 */
@ValidationRule(
        value = "!has(self.gates) || self.gates.all(g, has(self.suites)"
                + " ? self.suites.exists(s, g.metric.startsWith(s.name + '/')) : g.metric.startsWith('semeval2025/'))",
        fieldPath = ".gates",
        message = "a gate's metric must belong to one of the suites")
@ValidationRule(
        value = "!has(self.gates) || !self.gates.exists(g, " + Gate.NEEDS_NON_MEMBERS + ")"
                + " || (has(self.suites) && self.suites.exists(s, s.name == 'semeval2025' && has(s.nonMembers)))",
        fieldPath = ".gates",
        message = "semeval2025/mia-auc, mia-score and final-score need the suite's nonMembers")
@ValidationRule(
        value = "!has(self.gates) || !self.gates.exists(g, " + Gate.NEEDS_MMLU + ")"
                + " || (has(self.suites) && self.suites.exists(s, s.name == 'semeval2025' && has(s.mmlu)))",
        fieldPath = ".gates",
        message = "semeval2025/mmlu and final-score need the suite's mmlu")
public record EvaluationSettings(
        @KeyedBy("name") @Size(min = 1, max = 8) @Nullable List<SuiteSpec> suites,
        @Size(min = 1, max = Gate.MOST) @Nullable List<Gate> gates,
        @Nullable Compute compute) {
    EvaluationSettings withUris(UnaryOperator<String> change) {
        return new EvaluationSettings(
                suites == null
                        ? null
                        : suites.stream().map(it -> it.withUris(change)).toList(),
                gates,
                compute);
    }
}
