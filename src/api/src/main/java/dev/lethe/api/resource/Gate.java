package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * A bound that a metric must keep for a model to be published. Several bounds of one gate must all hold.
 *
 * @param metric {@code suite/metric}, such as {@code semeval2025/forget-knowledge}, or {@code suite/metric/subtask}
 * @param max largest value allowed
 * @param min smallest value allowed
 * @param maxOfBase largest value allowed, as a multiple of the base model's
 * @param minOfBase smallest value allowed, as a multiple of the base model's
 * @param interval whether the worse end of the metric's 95 % interval must keep the bounds, and not only its value; false when
 *     absent
 */
@ValidationRule(
        value = "has(self.max) || has(self.min) || has(self.maxOfBase) || has(self.minOfBase)",
        message = "a gate needs at least one of max, min, maxOfBase, minOfBase")
@ValidationRule(
        value = "!has(self.min) || !has(self.max) || self.min <= self.max",
        message = "min may not be above max")
@ValidationRule(
        value = "!has(self.minOfBase) || !has(self.maxOfBase) || self.minOfBase <= self.maxOfBase",
        message = "minOfBase may not be above maxOfBase")
public record Gate(
        @Pattern(Syntax.METRIC) @Size(max = Syntax.METRIC_LENGTH) String metric,
        @Min(-1e6) @Max(1e6) @Nullable Double max,
        @Min(-1e6) @Max(1e6) @Nullable Double min,
        @Min(0) @Max(1e6) @Nullable Double maxOfBase,
        @Min(0) @Max(1e6) @Nullable Double minOfBase,
        @Nullable Boolean interval) {
    /** A gate on the value itself. */
    public Gate(
            String metric,
            @Nullable Double max,
            @Nullable Double min,
            @Nullable Double maxOfBase,
            @Nullable Double minOfBase) {
        this(metric, max, min, maxOfBase, minOfBase, null);
    }

    /** Most gates that anything has: the numbers that they ask for always fit into a worker's last words. */
    static final int MOST = 32;
}
