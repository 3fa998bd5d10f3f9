package dev.lethe.worker.stage;

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
 */
record StageOutcome(
        String type,
        Map<String, MetricValue> metrics,
        Map<String, String> notMeasured,
        @Nullable Verdict verdict,
        @Nullable List<GateResult> gates,
        Map<String, Double> counts) {
    static StageOutcome of(String type, Map<String, Double> counts) {
        return new StageOutcome(type, Map.of(), Map.of(), null, null, counts);
    }
}
