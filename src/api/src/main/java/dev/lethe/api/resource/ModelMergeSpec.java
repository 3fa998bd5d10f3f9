package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Merge adapters by a named method.
 *
 * @param base the model that the adapters belong to; needed when the output's form is {@code model}
 * @param inputs what is merged
 * @param method {@code ties} (trim, elect sign, merge), {@code linear} (weighted sum) or {@code cat} (concatenation)
 * @param semantics whose rounding and election rules: {@code peft}
 * @param density share of entries that trimming keeps, in (0, 1]; only for {@code ties}
 * @param majoritySign how the sign is elected, by {@code total} (the default) or by {@code frequency}; only for
 *     {@code ties}
 * @param output where the merge writes, and what
 */
@ValidationRule(
        value = "!has(self.output.form) || self.output.form != 'model' || has(self.base)",
        fieldPath = ".base",
        message = "output.form model needs base")
@ValidationRule(
        value = "!has(self.method) || self.method == 'ties' || (!has(self.density) && !has(self.majoritySign))",
        message = "density and majoritySign belong to method ties")
public record ModelMergeSpec(
        @Nullable Source base,
        @KeyedBy("name") @Size(min = 1, max = 8) List<MergeInput> inputs,
        @OneOf({"ties", "linear", "cat"}) @Default("ties") @Nullable String method,
        @OneOf("peft") @Default("peft") @Nullable String semantics,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double density,
        @OneOf({"total", "frequency"}) @Nullable String majoritySign,
        MergeOutput output,
        @Nullable Workspace workspace,
        @Nullable Compute compute,
        @Nullable Retry retry,
        @Min(1) @Max(31536000) @Nullable Long activeDeadlineSeconds,
        @Nullable Boolean suspend,
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.LABEL_LENGTH) @Nullable String queueName)
        implements StageSpec {
    @Override
    public String outputUri() {
        return output.uri();
    }

    @Override
    public ModelMergeSpec withExecution(Execution other) {
        return new ModelMergeSpec(
                base,
                inputs,
                method,
                semantics,
                density,
                majoritySign,
                output,
                other.workspace(),
                other.compute(),
                other.retry(),
                other.activeDeadlineSeconds(),
                other.suspend(),
                other.queueName());
    }

    @Override
    public ModelMergeSpec withUris(UnaryOperator<String> change) {
        return new ModelMergeSpec(
                Source.changed(base, change),
                inputs.stream().map(it -> it.withUri(change)).toList(),
                method,
                semantics,
                density,
                majoritySign,
                output.withUri(change),
                workspace,
                compute,
                retry,
                activeDeadlineSeconds,
                suspend,
                queueName);
    }
}
