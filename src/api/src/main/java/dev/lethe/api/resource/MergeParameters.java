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
 * @param nuslerpFlatten whether {@code nuslerp} takes a tensor as one direction, else its rows or columns
 * @param nuslerpRowWise whether {@code nuslerp} goes by rows, else by columns, where it does not flatten
 * @param normalizeWeights whether {@code multislerp} divides weights by their sum
 * @param eps below which {@code multislerp} takes a length for zero
 * @param maxIter most iterations of {@code karcher}
 * @param tol change at which {@code karcher} stops
 * @param aggregate what {@code ties} of semantics {@code paper} makes of the values that agree
 * @param scale factor on the input of {@code passthrough}
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
        @Nullable Boolean nuslerpFlatten,
        @Nullable Boolean nuslerpRowWise,
        @Nullable Boolean normalizeWeights,
        @Min(0) @Max(1) @Nullable Double eps,
        @Min(1) @Max(10000) @Nullable Integer maxIter,
        @Min(0) @Max(1) @Nullable Double tol,
        @OneOf({"mean", "sum", "max"}) @Nullable String aggregate,
        @Min(-100) @Max(100) @Nullable Double scale,
        @Min(1) @Max(4096) @Nullable Integer rank,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double clamp,
        @Min(0) @Max(4294967295L) @Nullable Long seed,
        @OneOf({"float32", "bfloat16", "float16"}) @Nullable String dtype,
        @OneOf({"float32", "bfloat16", "float16"}) @Nullable String outDtype,
        @OneOf({"error", "keep-base", "zero"}) @Nullable String missing,
        @Pattern("base|union|model:[a-z0-9]([-a-z0-9]*[a-z0-9])?") @Size(max = 80) @Nullable String tokenizer) {
    /** Nothing is said. */
    public static final MergeParameters NONE = new MergeParameters(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null);

    /** The rule that options of one method alone stand beside that method; of a record with method, semantics and parameters. */
    static final String OF_THEIR_METHOD =
            "!has(self.parameters) || ((has(self.method) && self.method == 'nuslerp' || !has(self.parameters.nuslerpFlatten) && !has(self.parameters.nuslerpRowWise))"
                    + " && (has(self.method) && self.method == 'multislerp' || !has(self.parameters.normalizeWeights) && !has(self.parameters.eps))"
                    + " && (has(self.method) && self.method == 'karcher' || !has(self.parameters.maxIter) && !has(self.parameters.tol))"
                    + " && (has(self.method) && self.method == 'passthrough' || !has(self.parameters.scale))"
                    + " && ((!has(self.method) || self.method == 'ties') && has(self.semantics) && self.semantics == 'paper' || !has(self.parameters.aggregate)))";

    static final String OF_THEIR_METHOD_MESSAGE =
            "nuslerpFlatten and nuslerpRowWise belong to nuslerp, normalizeWeights and eps to multislerp, maxIter and tol to"
                    + " karcher, scale to passthrough, aggregate to ties of semantics paper";
}
