package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Weights of the loss terms. What is absent comes from the recipe's specialist of the same name.
 *
 * @param forget the weight of NPO on forget rows
 * @param retain the weight of cross-entropy on retain rows
 * @param kl the weight of KL to the reference model on retain rows
 */
@ValidationRule(
        value = "!has(self.forget) || !has(self.retain) || !has(self.kl)"
                + " || self.forget + self.retain + self.kl > 0.0",
        message = "at least one of forget, retain and kl must be above 0")
public record ObjectiveWeights(
        @Min(0) @Max(1000) @Nullable Double forget,
        @Min(0) @Max(1000) @Nullable Double retain,
        @Min(0) @Max(1000) @Nullable Double kl) {}
