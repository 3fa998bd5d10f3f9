package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forget this, keep that, from this model, into that place. Everything else has the recipe's default.
 *
 * @param recipe the published method that says what the job leaves unsaid
 * @param model the model folder that is to forget
 * @param forget rows to forget: JSON Lines, JSON, CSV or Parquet of prompts and answers under their common names (input and output, prompt and
 *     response, question and answer, instruction and output), of chats (messages) or of documents (text); where wanted id, task and kind (sc is
 *     to be completed, qa to be answered)
 * @param retain rows to keep, in any of these forms; when absent, rows that the model says by itself stand for them, and what they do
 *     not tell is not protected
 * @param decouple rows that put the instructions of forget rows into harmless contexts, with normal answers of their own or of the model,
 *     in any of these forms; for specialists whose objective has {@code weights.decouple} above 0, so that the instruction by itself is not what is
 *     forgotten or refused
 * @param template whether prompts are put into the model's chat template: {@code auto} (those of chats and questions, where the model
 *     has a template), {@code none}, or {@code chat} (all); the recipe's when absent
 * @param output where the model is published when it passes its gates
 * @param specialists the specialists to train; the recipe's when absent
 * @param merge how the specialists are merged
 * @param evaluation how the systems are measured, and what the merge must reach
 * @param rounds the most rounds of training. Where the gates refuse the merge, the specialists train on, from the adapters that they have
 *     and to a target that leaves half as much, and are merged and measured anew; the recipe's when absent
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
        RowsSource forget,
        @Nullable RowsSource retain,
        @Nullable DecoupleSource decouple,
        @OneOf({"auto", "none", "chat"}) @Nullable String template,
        Destination output,
        @KeyedBy("name") @Size(min = 1, max = 8) @Nullable List<Specialist> specialists,
        @Nullable MergeSettings merge,
        @Nullable EvaluationSettings evaluation,
        @Min(1) @Max(5) @Nullable Integer rounds,
        Execution execution)
        implements Spec {}
