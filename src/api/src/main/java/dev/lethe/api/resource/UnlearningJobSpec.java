package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forget this, keep that, from this model, into that place. Everything else has the recipe's default.
 *
 * @param recipe the published method that says what the job leaves unsaid
 * @param model the model folder that is to forget
 * @param forget rows to forget: JSON Lines of id (a string or an integer), the strings input and output and, where wanted, task and kind (sc is to be
 *     completed, qa to be answered; without it the id tells)
 * @param retain rows to keep, of the same form
 * @param decouple rows of the same form that put the instructions of forget rows into harmless contexts, with normal answers; for
 *     specialists whose objective has {@code weights.decouple} above 0, so that the instruction by itself is not what is
 *     forgotten or refused
 * @param output where the model is published when it passes its gates
 * @param specialists the specialists to train; the recipe's when absent
 * @param merge how the specialists are merged
 * @param evaluation how the systems are measured, and what the merge must reach
 * @param execution how the pods run
 */
@ValidationRule(
        value = "!has(self.merge) || !has(self.merge.weights)"
                + " || size(self.merge.weights) == (has(self.specialists) ? size(self.specialists) : 2)",
        fieldPath = ".merge.weights",
        message = "merge.weights needs one weight per specialist (the recipe has 2)")
@ValidationRule(
        value = "!has(self.specialists) || has(self.decouple) || !self.specialists.exists(s, has(s.objective)"
                + " && has(s.objective.weights) && has(s.objective.weights.decouple)"
                + " && s.objective.weights.decouple > 0.0)",
        fieldPath = ".decouple",
        message = "objective.weights.decouple above 0 needs decouple, the rows that it weighs")
@ValidationRule(
        value = "has(self.workspace) || !self.output.uri.startsWith('pvc://')",
        fieldPath = ".workspace",
        message = "an output in a claim needs workspace.persistentVolumeClaim, the claim that the stages share")
@ValidationRule(
        value = "self.output.uri != self.model.uri",
        fieldPath = ".output.uri",
        message = "output must differ from model: nothing is ever overwritten")
public record UnlearningJobSpec(
        @Catalogued(Catalogued.Sort.RECIPE) @Default("calibrated-merge") @Nullable String recipe,
        Source model,
        Source forget,
        Source retain,
        @Nullable Source decouple,
        Destination output,
        @KeyedBy("name") @Size(min = 1, max = 8) @Nullable List<Specialist> specialists,
        @Nullable MergeSettings merge,
        @Nullable EvaluationSettings evaluation,
        Execution execution)
        implements Spec {}
