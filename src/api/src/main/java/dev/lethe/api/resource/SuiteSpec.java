package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One suite of an evaluation.
 *
 * @param name {@code semeval2025} or {@code mmlu}
 * @param members documents of the forget set for membership inference; the forget set's Task3 documents when absent
 * @param nonMembers documents that the model never saw; membership is not measured when absent
 * @param mmlu the standard MMLU CSV folder; not measured when absent, needed by suite {@code mmlu}
 * @param maxNewTokens tokens generated per row; 256 when absent, as in the official evaluator
 * @param batchSize rows generated side by side; it does not change a token
 */
@ValidationRule(
        value = "self.name != 'mmlu' || has(self.mmlu)",
        fieldPath = ".mmlu",
        message = "suite mmlu needs mmlu, the standard MMLU CSV folder")
public record SuiteSpec(
        @OneOf({"semeval2025", "mmlu"}) String name,
        @Nullable Source members,
        @Nullable Source nonMembers,
        @Nullable Source mmlu,
        @Min(1) @Max(4096) @Nullable Integer maxNewTokens,
        @Min(1) @Max(1024) @Nullable Integer batchSize) {
    SuiteSpec withUris(UnaryOperator<String> change) {
        return new SuiteSpec(
                name,
                Source.changed(members, change),
                Source.changed(nonMembers, change),
                Source.changed(mmlu, change),
                maxNewTokens,
                batchSize);
    }
}
