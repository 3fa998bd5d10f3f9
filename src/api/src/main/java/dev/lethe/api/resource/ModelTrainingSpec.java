package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/**
 * Train one specialist: an adapter (or a full model) from a model, data and an objective.
 *
 * @param forget rows to forget, for objectives that unlearn
 * @param retain rows to keep, for objectives that unlearn
 * @param data rows to learn, for {@code ft}
 * @param mode {@code lora} (the default) or {@code full}
 */
public record ModelTrainingSpec(
        Source model,
        @Nullable Source forget,
        @Nullable Source retain,
        @Nullable Source data,
        ObjectiveSpec objective,
        @Nullable TrainingSettings training,
        @Nullable String mode,
        @Nullable LoraSpec lora,
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
