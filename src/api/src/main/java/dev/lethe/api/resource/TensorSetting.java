package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an input counts for some of its tensors. Several numbers are a gradient: spread evenly over the layers, from the first
 * to the last, and linear in between.
 *
 * @param filter text that the tensors' names contain; without it all tensors
 * @param weight in place of the input's
 * @param density in place of the input's
 */
@ValidationRule(value = "has(self.weight) || has(self.density)", message = "needs weight or density")
public record TensorSetting(
        @Size(min = 1, max = 256) @Nullable String filter,
        @Size(min = 1, max = 256) @Nullable List<@Min(-100) @Max(100) Double> weight,
        @Size(min = 1, max = 256) @Nullable List<@Min(0) @Max(1) Double> density) {}
