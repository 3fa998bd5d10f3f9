package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import java.util.TreeMap;
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
    /** Everything that the suite reads, by role: {@code SUITE/members}, {@code SUITE/nonMembers}, {@code SUITE/mmlu}. */
    public Map<String, Source> sources() {
        var sources = new TreeMap<String, Source>();
        put(sources, "members", members);
        put(sources, "nonMembers", nonMembers);
        put(sources, "mmlu", mmlu);
        return sources;
    }

    private void put(Map<String, Source> sources, String role, @Nullable Source source) {
        if (source != null) {
            sources.put(name + "/" + role, source);
        }
    }

    /** The same, whose sources must have these digests, by role. */
    public SuiteSpec pinned(Map<String, String> digests) {
        return new SuiteSpec(
                name,
                members == null ? null : members.pinned(digests.get(name + "/members")),
                nonMembers == null ? null : nonMembers.pinned(digests.get(name + "/nonMembers")),
                mmlu == null ? null : mmlu.pinned(digests.get(name + "/mmlu")),
                maxNewTokens,
                batchSize);
    }

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
