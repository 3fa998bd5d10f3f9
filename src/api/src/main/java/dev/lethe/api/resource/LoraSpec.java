package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * LoRA on every linear layer but {@code lm_head}. What is absent comes from the recipe.
 *
 * @param rank columns of A and rows of B; 32 when neither this nor the recipe says
 * @param alpha numerator of the scaling {@code alpha / rank}; 32 when neither this nor the recipe says
 * @param dropout share of a layer's inputs that training drops; 0.05 when neither this nor the recipe says
 */
public record LoraSpec(
        @Min(1) @Max(1024) @Nullable Integer rank,
        @Min(value = 0, inclusive = false) @Max(65536) @Nullable Double alpha,
        @Min(0) @Max(value = 1, inclusive = false) @Nullable Double dropout) {
    /** These settings, with what is absent taken from {@code other}. */
    public LoraSpec orElse(LoraSpec other) {
        return new LoraSpec(
                rank != null ? rank : other.rank,
                alpha != null ? alpha : other.alpha,
                dropout != null ? dropout : other.dropout);
    }
}
