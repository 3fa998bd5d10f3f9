package dev.lethe.worker.stage;

import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stage made, besides the payload.
 *
 * @param type {@code adapter}, {@code model} or {@code evaluation}
 * @param search of a merge that was searched for
 */
record StageOutcome(
        String type,
        Map<String, MetricValue> metrics,
        Map<String, String> notMeasured,
        @Nullable Verdict verdict,
        @Nullable List<GateResult> gates,
        Map<String, Double> counts,
        @Nullable MergeSearchResult search) {
    /** Of a stage that searched for nothing. */
    StageOutcome(
            String type,
            Map<String, MetricValue> metrics,
            Map<String, String> notMeasured,
            @Nullable Verdict verdict,
            @Nullable List<GateResult> gates,
            Map<String, Double> counts) {
        this(type, metrics, notMeasured, verdict, gates, counts, null);
    }

    static StageOutcome of(String type, Map<String, Double> counts) {
        return new StageOutcome(type, Map.of(), Map.of(), null, null, counts);
    }
}
