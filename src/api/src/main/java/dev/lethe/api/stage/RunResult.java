package dev.lethe.api.stage;

import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code result.json} of a whole run: the evidence in one document.
 *
 * @param verdict absent where no gates were set, as in an evaluation that a job decides on
 * @param systems {@code base}, each specialist of the first round, {@code merge}, and {@code merge-r2} and so on where there were
 *     further rounds: the gates judge the last
 * @param search how the last merge was found; absent where it was named
 */
public record RunResult(
        String job,
        @Nullable Verdict verdict,
        List<GateResult> gates,
        Map<String, SystemResult> systems,
        List<StageSummary> stages,
        Map<String, StageResult.Input> inputs,
        @Nullable ModelReference published,
        @Nullable MergeSearchResult search) {
    /** Of a run whose merge was named. */
    public RunResult(
            String job,
            @Nullable Verdict verdict,
            List<GateResult> gates,
            Map<String, SystemResult> systems,
            List<StageSummary> stages,
            Map<String, StageResult.Input> inputs,
            @Nullable ModelReference published) {
        this(job, verdict, gates, systems, stages, inputs, published, null);
    }

    /**
     * One measured system.
     *
     * @param metrics by {@code suite/metric}; a metric that could not be measured is absent
     * @param notMeasured why, by {@code suite/metric}
     */
    public record SystemResult(
            ModelReference model, Map<String, MetricValue> metrics, Map<String, String> notMeasured) {}
}
