package dev.lethe.api.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merge adapters by a named method.
 *
 * @param base the model that the adapters belong to; needed when the output's form is {@code model}
 */
public record ModelMergeSpec(
        @Nullable Source base,
        List<MergeInput> inputs,
        @Nullable String method,
        @Nullable String semantics,
        @Nullable Double density,
        @Nullable String majoritySign,
        MergeOutput output,
        @Nullable Workspace workspace,
        @Nullable Compute compute,
        @Nullable Retry retry,
        @Nullable Long activeDeadlineSeconds,
        @Nullable Boolean suspend,
        @Nullable String queueName)
        implements StageSpec {
    @Override
    public String outputUri() {
        return output.uri();
    }
}
