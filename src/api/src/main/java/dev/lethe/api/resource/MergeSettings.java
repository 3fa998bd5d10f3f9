package dev.lethe.api.resource;

import dev.lethe.catalog.Semantics;
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
 * @param search find the merge by measurement, in place of naming it
 * @param compute for the merge; what it leaves unsaid comes from the job's
 */
@ValidationRule(
        value = "!has(self.search) || (!has(self.method) && !has(self.density) && !has(self.weights)"
                + " && !has(self.majoritySign) && !has(self.parameters)"
                + " && (!has(self.semantics) || self.semantics == 'peft'))",
        fieldPath = ".search",
        message = "a search chooses method, density and weights itself, with semantics peft: name none of them,"
                + " nor majoritySign or parameters")
public record MergeSettings(
        @Catalogued(Catalogued.Sort.METHOD) @Nullable String method,
        @Catalogued(Catalogued.Sort.SEMANTICS) @Nullable String semantics,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double density,
        @Size(min = 1, max = 8) @Nullable List<@Min(-100) @Max(100) Double> weights,
        @OneOf({"total", "frequency"}) @Nullable String majoritySign,
        @Nullable MergeParameters parameters,
        @Nullable MergeSearch search,
        @Nullable Compute compute) {
    /** One that is named and not searched for. */
    public MergeSettings(
            @Nullable String method,
            @Nullable String semantics,
            @Nullable Double density,
            @Nullable List<Double> weights,
            @Nullable String majoritySign,
            @Nullable MergeParameters parameters,
            @Nullable Compute compute) {
        this(method, semantics, density, weights, majoritySign, parameters, null, compute);
    }

    /** Whether anything is said of the merge itself, so that there is nothing to search for. */
    public boolean named() {
        return method != null
                || (semantics != null && !semantics.equals(Semantics.PEFT.text()))
                || density != null
                || weights != null
                || majoritySign != null
                || parameters != null;
    }
}
