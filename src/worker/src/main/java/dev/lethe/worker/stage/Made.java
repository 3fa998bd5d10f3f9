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
record Made(
        String type,
        Map<String, MetricValue> metrics,
        Map<String, String> notMeasured,
        @Nullable Verdict verdict,
        @Nullable List<GateResult> gates,
        Map<String, Double> counts) {
    static Made of(String type, Map<String, Double> counts) {
        return new Made(type, Map.of(), Map.of(), null, null, counts);
    }
}
