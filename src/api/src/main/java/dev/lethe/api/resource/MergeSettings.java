package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the specialists are merged. What is absent comes from the recipe.
 *
 * @param method {@code ties} (trim, elect sign, merge), {@code linear} (weighted sum), {@code cat} (concatenation) and
 *     others; docs/methods.md has their formulas, and which semantics have them
 * @param semantics whose rounding and election rules: {@code peft} merges the adapters and folds the result into the model;
 *     {@code lethe}, {@code mergekit} and {@code paper} merge what the adapters change in the model
 * @param density share of entries that trimming keeps, in (0, 1]; only for methods that trim
 * @param weights one per specialist, in their order; 1 each when absent
 * @param majoritySign how the sign is elected, by {@code total} or by {@code frequency}; only for PEFT's methods that elect
 * @param parameters further options of the method
 * @param compute for the merge; what it leaves unsaid comes from the job's
 */
@ValidationRule(
        value =
                "!has(self.method) || !has(self.density) || self.method.matches('^(ties|dare|della|breadcrumbs|magnitude)')",
        message = "density belongs to methods that trim")
@ValidationRule(
        value = "!has(self.method) || !has(self.majoritySign) || self.method.matches('^(dare-)?ties')",
        message = "majoritySign belongs to methods that elect signs")
@ValidationRule(
        value =
                "!has(self.semantics) || self.semantics == 'peft' || (!has(self.majoritySign) && (!has(self.method) || !self.method.matches('^cat$|svd$')))",
        message = "cat, svd, methods that end in -svd and majoritySign belong to semantics peft")
@ValidationRule(
        value = MergeParameters.OF_THEIR_METHOD,
        fieldPath = ".parameters",
        message = MergeParameters.OF_THEIR_METHOD_MESSAGE)
public record MergeSettings(
        @OneOf({
                    "arcee-fusion",
                    "breadcrumbs",
                    "breadcrumbs-ties",
                    "cat",
                    "dare-linear",
                    "dare-linear-svd",
                    "dare-ties",
                    "dare-ties-svd",
                    "della",
                    "della-linear",
                    "karcher",
                    "linear",
                    "magnitude-prune",
                    "magnitude-prune-svd",
                    "model-stock",
                    "multislerp",
                    "nearswap",
                    "negmerge",
                    "nuslerp",
                    "passthrough",
                    "ram",
                    "sce",
                    "slerp",
                    "svd",
                    "task-arithmetic",
                    "ties",
                    "ties-svd"
                })
                @Nullable
                String method,
        @OneOf({"lethe", "mergekit", "peft", "paper"}) @Nullable String semantics,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double density,
        @Size(min = 1, max = 8) @Nullable List<@Min(-100) @Max(100) Double> weights,
        @OneOf({"total", "frequency"}) @Nullable String majoritySign,
        @Nullable MergeParameters parameters,
        @Nullable Compute compute) {}
