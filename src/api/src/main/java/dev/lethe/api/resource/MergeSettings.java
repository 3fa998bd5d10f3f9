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
 * @param method {@code ties} (trim, elect sign, merge), {@code linear} (weighted sum) or {@code cat} (concatenation)
 * @param semantics whose rounding and election rules: {@code peft} merges the adapters and folds the result into the model;
 *     {@code lethe} merges what the adapters change in the model, and knows neither {@code cat} nor {@code majoritySign}
 * @param density share of entries that trimming keeps, in (0, 1]; only for {@code ties}
 * @param weights one per specialist, in their order; 1 each when absent
 * @param majoritySign how the sign is elected, by {@code total} or by {@code frequency}; only for {@code ties}
 * @param compute for the merge; what it leaves unsaid comes from the job's
 */
@ValidationRule(
        value = "!has(self.method) || self.method == 'ties' || (!has(self.density) && !has(self.majoritySign))",
        message = "density and majoritySign belong to method ties")
@ValidationRule(
        value =
                "!has(self.semantics) || self.semantics == 'peft' || (!has(self.majoritySign) && (!has(self.method) || self.method != 'cat'))",
        message = "cat and majoritySign belong to semantics peft")
public record MergeSettings(
        @OneOf({"ties", "linear", "cat"}) @Nullable String method,
        @OneOf({"peft", "lethe"}) @Nullable String semantics,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double density,
        @Size(min = 1, max = 8) @Nullable List<@Min(-100) @Max(100) Double> weights,
        @OneOf({"total", "frequency"}) @Nullable String majoritySign,
        @Nullable Compute compute) {}
