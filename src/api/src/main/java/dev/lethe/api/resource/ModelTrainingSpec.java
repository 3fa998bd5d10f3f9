package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Train one specialist: an adapter (or a full model) from a model, data and an objective.
 *
 * @param model the model folder to start from
 * @param adapter an adapter of the model to go on with, of the rank and alpha that lora has; a new one when absent
 * @param forget rows to forget, for objectives that unlearn
 * @param retain rows to keep, for objectives that unlearn
 * @param data rows to learn, for {@code ft}
 * @param decouple instructions of rows to forget in harmless contexts, with normal answers, where the objective has
 *     {@code weights.decouple} above 0
 * @param nonMembers documents that the model never saw, for a training that ends by {@code training.until}: no row has to be forgotten
 *     further than these are known
 * @param template whether prompts are put into the model's chat template: {@code auto} (those of chats and questions, where the model
 *     has a template), {@code none}, or {@code chat} (all), when absent {@code none}
 * @param objective the loss that training minimises
 * @param training how it is trained; the published recipe's settings where absent
 * @param mode {@code lora}: train an adapter; {@code full}: train every weight
 * @param lora the adapter; only for mode {@code lora}
 * @param output where the adapter or the model is written
 * @param execution how its pods run
 */
@ValidationRule(
        value = "!has(self.mode) || self.mode != 'full' || !has(self.lora)",
        fieldPath = ".lora",
        message = "mode full trains no adapter: lora must be absent")
@ValidationRule(
        value = "!has(self.training) || !has(self.training.warmupEpochs) || has(self.training.epochs)"
                + " || self.training.warmupEpochs <= 5.0",
        fieldPath = ".training",
        message = "training.warmupEpochs may not be above training.epochs, which is 5 when absent")
@ValidationRule(
        value = "!has(self.adapter) || !has(self.mode) || self.mode != 'full'",
        fieldPath = ".adapter",
        message = "mode full trains no adapter: adapter must be absent")
@ValidationRule(
        value = "!has(self.nonMembers) || (has(self.training) && has(self.training.until))",
        fieldPath = ".nonMembers",
        message = "nonMembers belong to a training that ends by training.until")
@ValidationRule(
        value = "!has(self.mode) || self.mode != 'full' || !has(self.training) || !has(self.training.base)"
                + " || self.training.base == 'auto'",
        fieldPath = ".training.base",
        message = "mode full has no frozen base: training.base must be absent or auto")
public record ModelTrainingSpec(
        Source model,
        @Nullable Source adapter,
        @Nullable RowsSource forget,
        @Nullable RowsSource retain,
        @Nullable RowsSource data,
        @Nullable RowsSource decouple,
        @Nullable Source nonMembers,
        @OneOf({"auto", "none", "chat"}) @Nullable String template,
        ObjectiveSpec objective,
        @Nullable TrainingSettings training,
        @OneOf({"lora", "full"}) @Default("lora") @Nullable String mode,
        @Nullable LoraSpec lora,
        Destination output,
        Execution execution)
        implements StageSpec {
    @Override
    public String outputUri() {
        return output.uri();
    }

    @Override
    public ModelTrainingSpec withExecution(Execution other) {
        return new ModelTrainingSpec(
                model,
                adapter,
                forget,
                retain,
                data,
                decouple,
                nonMembers,
                template,
                objective,
                training,
                mode,
                lora,
                output,
                other);
    }

    @Override
    public ModelTrainingSpec withUris(UnaryOperator<String> change) {
        return new ModelTrainingSpec(
                model.withUri(change),
                Source.changed(adapter, change),
                RowsSource.changed(forget, change),
                RowsSource.changed(retain, change),
                RowsSource.changed(data, change),
                RowsSource.changed(decouple, change),
                Source.changed(nonMembers, change),
                template,
                objective,
                training,
                mode,
                lora,
                output.withUri(change),
                execution);
    }
}
