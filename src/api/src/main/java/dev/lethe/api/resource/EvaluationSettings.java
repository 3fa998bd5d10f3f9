package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Size;
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
public record EvaluationSettings(
        @KeyedBy("name") @Size(min = 1, max = 16) @Nullable List<SuiteSpec> suites,
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
