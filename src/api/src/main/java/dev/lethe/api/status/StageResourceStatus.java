package dev.lethe.api.status;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a stage resource (training, merge, evaluation, publication) stands. */
public record StageResourceStatus(
        @Nullable Long observedGeneration,
        @Nullable Phase phase,
        List<Condition> conditions,
        List<Attempt> attempts,
        @Nullable Progress progress,
        @Nullable Map<String, MetricValue> metrics,
        @Nullable Verdict verdict,
        @Nullable List<GateResult> gates,
        @Nullable ModelReference output,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable Long suspendedSeconds,
        @Nullable Instant suspendedSince) {}
