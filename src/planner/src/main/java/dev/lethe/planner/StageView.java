package dev.lethe.planner;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.StageSummary;
import dev.lethe.planner.status.Conditions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stage as its job sees it: the stage's resource, or the job's record of one that ended and may be gone.
 *
 * @param resource absent where it was not created, or is gone
 * @param created whether it ever was
 * @param metrics of an evaluation that succeeded
 * @param inputs of a preparation that succeeded: the digests of the job's inputs, by role
 */
record StageView(
        StageNode node,
        @Nullable Resource<? extends StageSpec, StageResourceStatus> resource,
        boolean created,
        StageSummary summary,
        Map<String, MetricValue> metrics,
        Map<String, String> inputs) {

    /**
     * Where the job's status has the end of a stage, that record counts, whatever has become of the resource.
     *
     * @param remembered the stage's summary in the job's status
     * @param rememberedMetrics the system's metrics in the job's status
     * @param rememberedInputs the digests in the job's status
     */
    static StageView of(
            StageNode node,
            @Nullable Resource<? extends StageSpec, StageResourceStatus> resource,
            @Nullable StageSummary remembered,
            Map<String, MetricValue> rememberedMetrics,
            Map<String, String> rememberedInputs) {
        if (remembered != null && remembered.phase().terminal()) {
            return new StageView(node, resource, true, remembered, rememberedMetrics, rememberedInputs);
        }
        var status = resource == null ? null : resource.status();
        var metrics = status == null || status.metrics() == null ? Map.<String, MetricValue>of() : status.metrics();
        var inputs = status == null || status.inputs() == null ? Map.<String, String>of() : status.inputs();
        var created = resource != null || (remembered != null && !notCreated(remembered));
        return new StageView(node, resource, created, summary(node, status), metrics, inputs);
    }

    /** Whether a summary says that its stage has not been created. */
    private static boolean notCreated(StageSummary summary) {
        return summary.phase() == Phase.Pending
                && (summary.reason() == Reason.WaitingForStage || summary.reason() == Reason.Suspended);
    }

    private static StageSummary summary(StageNode node, @Nullable StageResourceStatus status) {
        if (status == null || status.phase() == null) {
            return summary(node, Phase.Pending, Reason.Pending, null);
        }
        var ready = Conditions.find(status.conditions(), Conditions.READY);
        return new StageSummary(
                node.name(),
                node.kind(),
                status.phase(),
                ready.map(c -> c.reason()).orElse(Reason.Pending),
                ready.map(c -> c.message()).orElse(null),
                status.attempts().isEmpty() ? 0 : status.attempts().getLast().number(),
                status.phase().terminal() ? null : status.progress(),
                status.started(),
                status.finished(),
                Optional.ofNullable(status.output()).map(o -> o.digest()).orElse(null),
                status.result());
    }

    static StageSummary summary(StageNode node, Phase phase, Reason reason, @Nullable String message) {
        return new StageSummary(node.name(), node.kind(), phase, reason, message, 0, null, null, null, null, null);
    }

    String name() {
        return node.name();
    }

    boolean succeeded() {
        return summary.phase() == Phase.Succeeded;
    }

    StageView asCreated() {
        return new StageView(node, resource, true, summary, metrics, inputs);
    }

    /** Whether the stage is created and has no outcome. */
    boolean active() {
        return created && !summary.phase().terminal();
    }

    /** Whether the resource exists with that {@code spec.suspend}. */
    boolean hasSuspend(boolean suspend) {
        return resource != null && resource.spec().execution().suspended() == suspend;
    }

    /** The summary with another phase, reason and message; its times and attempts stay. */
    StageSummary summaryWith(Phase phase, Reason reason, @Nullable String message) {
        return new StageSummary(
                name(),
                node.kind(),
                phase,
                reason,
                message,
                summary.attempt(),
                null,
                summary.started(),
                summary.finished(),
                summary.digest(),
                summary.result());
    }
}
