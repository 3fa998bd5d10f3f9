package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Measure one system with suites, and hold the results against gates.
 *
 * @param model the model folder
 * @param adapter an adapter to put on it
 * @param forget rows that the system should have forgotten
 * @param retain rows that the system should still know
 * @param template whether prompts are put into the model's chat template: {@code auto} (those of chats and questions, where the model
 *     has a template), {@code none}, or {@code chat} (all), when absent {@code none}
 * @param suites what is measured
 * @param gates bounds that the metrics must keep for the verdict {@code Passed}
 * @param baseline the {@code result.json} of the base model's evaluation, for gates relative to it
 * @param requiredMetrics metrics that the status must have whatever else finds room, because somebody else's gates ask for them
 * @param output where the evaluation writes its results
 * @param execution how its pods run
 */
@ValidationRule(
        value = "!has(self.gates) || has(self.baseline)"
                + " || self.gates.all(g, !has(g.maxOfBase) && !has(g.minOfBase))",
        fieldPath = ".gates",
        message = "maxOfBase and minOfBase need a baseline")
public record ModelEvaluationSpec(
        Source model,
        @Nullable Source adapter,
        RowsSource forget,
        RowsSource retain,
        @OneOf({"auto", "none", "chat"}) @Nullable String template,
        @KeyedBy("name") @Size(min = 1, max = 16) List<SuiteSpec> suites,
        @Size(min = 1, max = Gate.MOST) @Nullable List<Gate> gates,
        @Nullable Source baseline,
        @Size(max = Gate.MOST) @Nullable
                List<@Pattern(Syntax.METRIC) @Size(max = Syntax.METRIC_LENGTH) String> requiredMetrics,
        Destination output,
        Execution execution)
        implements StageSpec {
    /** The metrics of which the worker must tell: those that gates ask for, here or elsewhere. */
    public SequencedSet<String> told() {
        var told = new LinkedHashSet<String>();
        if (gates != null) {
            gates.forEach(gate -> told.add(gate.metric()));
        }
        if (requiredMetrics != null) {
            told.addAll(requiredMetrics);
        }
        return told;
    }

    @Override
    public String outputUri() {
        return output.uri();
    }

    @Override
    public ModelEvaluationSpec withExecution(Execution other) {
        return new ModelEvaluationSpec(
                model, adapter, forget, retain, template, suites, gates, baseline, requiredMetrics, output, other);
    }

    @Override
    public ModelEvaluationSpec withUris(UnaryOperator<String> change) {
        return new ModelEvaluationSpec(
                model.withUri(change),
                Source.changed(adapter, change),
                forget.withUri(change),
                retain.withUri(change),
                template,
                suites.stream().map(it -> it.withUris(change)).toList(),
                gates,
                Source.changed(baseline, change),
                requiredMetrics,
                output.withUri(change),
                execution);
    }
}
