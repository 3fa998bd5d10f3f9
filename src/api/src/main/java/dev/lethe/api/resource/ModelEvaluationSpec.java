package dev.lethe.api.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measure one system with suites, and hold the results against gates.
 *
 * @param model the model folder
 * @param adapter an adapter to put on it
 * @param baseline the {@code result.json} of the base model's evaluation, for gates relative to it
 */
public record ModelEvaluationSpec(
        Source model,
        @Nullable Source adapter,
        Source forget,
        Source retain,
        List<SuiteSpec> suites,
        @Nullable List<Gate> gates,
        @Nullable Source baseline,
        Destination output,
        @Nullable Workspace workspace,
        @Nullable Compute compute,
        @Nullable Retry retry,
        @Nullable Long activeDeadlineSeconds,
        @Nullable Boolean suspend,
        @Nullable String queueName)
        implements StageSpec {
    @Override
    public String outputUri() {
        return output.uri();
    }
}
