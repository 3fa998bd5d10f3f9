package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * Options of merge methods beyond weight, density and majority sign; docs/methods.md says which method takes which, and
 * what it does without them.
 *
 * @param lambda factor on the merged difference
 * @param normalize whether weights are divided by their sum
 * @param rescale whether what a trim keeps is scaled to make up for the rest
 * @param epsilon half the width of {@code della}'s probabilities; the least change that counts for {@code ram}
 * @param gamma share of the largest entries that {@code breadcrumbs} drops
 * @param t position between two models
 * @param selectTopk share of entries that {@code sce} keeps
 * @param filterWise whether {@code model-stock} goes row by row
 * @param rank of the result of a method that decomposes; without it the largest rank of the inputs
 * @param clamp quantile at which a decomposition's factors are clamped
 * @param seed of methods that draw
 * @param dtype type that models are converted to before the merge
 * @param outDtype type of the result
 * @param missing what happens to tensors that not all models have
 * @param tokenizer whose vocabulary the result has where the models' differ
 */
public record MergeParameters(
        @Min(-100) @Max(100) @Nullable Double lambda,
        @Nullable Boolean normalize,
        @Nullable Boolean rescale,
        @Min(0) @Max(1) @Nullable Double epsilon,
        @Min(0) @Max(1) @Nullable Double gamma,
        @Min(-100) @Max(100) @Nullable Double t,
        @Min(0) @Max(1) @Nullable Double selectTopk,
        @Nullable Boolean filterWise,
        @Min(1) @Max(4096) @Nullable Integer rank,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double clamp,
        @Min(0) @Max(4294967295L) @Nullable Long seed,
        @OneOf({"float32", "bfloat16", "float16"}) @Nullable String dtype,
        @OneOf({"float32", "bfloat16", "float16"}) @Nullable String outDtype,
        @OneOf({"error", "keep-base", "zero"}) @Nullable String missing,
        @Pattern("base|union|model:[a-z0-9]([-a-z0-9]*[a-z0-9])?") @Size(max = 80) @Nullable String tokenizer) {}
