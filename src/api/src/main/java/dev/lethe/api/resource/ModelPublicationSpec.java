package dev.lethe.api.resource;

import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copy a verified model to its destination with its digest and evidence.
 *
 * @param model the model folder and the digest that it must have
 * @param verdict only {@code Passed} is published
 * @param evidence outputs of the stages that made and measured the model
 */
public record ModelPublicationSpec(
        Source model,
        Destination output,
        Verdict verdict,
        @Nullable List<GateResult> gates,
        @Nullable List<Evidence> evidence,
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

    /** A finished stage's output folder, with its {@code result.json}. */
    public record Evidence(String stage, Kind kind, String uri, @Nullable String digest) {}
}
