package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** One specialist of a job. What is absent comes from the recipe's specialist of the same name. */
public record Specialist(
        String name,
        @Nullable ObjectiveSpec objective,
        @Nullable TrainingSettings training,
        @Nullable LoraSpec lora,
        @Nullable Compute compute) {}
