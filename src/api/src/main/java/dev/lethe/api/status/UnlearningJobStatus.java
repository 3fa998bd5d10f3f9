package dev.lethe.api.status;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a job stands.
 *
 * @param stage the stages at work, for the printer column
 * @param results headline metrics by system ({@code base}, each specialist, {@code merge})
 * @param suspendedSeconds time spent suspended, which the deadline does not count
 * @param suspendedSince when the present suspension began
 */
public record UnlearningJobStatus(
        @Nullable Long observedGeneration,
        @Nullable Phase phase,
        @Nullable String stage,
        @Nullable String progress,
        @Nullable Verdict verdict,
        List<Condition> conditions,
        List<StageSummary> stages,
        @Nullable List<GateResult> gates,
        @Nullable Map<String, Map<String, MetricValue>> results,
        @Nullable ModelReference model,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable Long suspendedSeconds,
        @Nullable Instant suspendedSince) {}
