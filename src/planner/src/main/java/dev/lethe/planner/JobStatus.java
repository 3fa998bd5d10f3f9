package dev.lethe.planner;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.InvalidSpec;
import dev.lethe.planner.status.Conditions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A job's status, composed from a decision and the stages. */
final class JobStatus {
    static final UnlearningJobStatus NEW = new UnlearningJobStatus(
            null, null, null, null, null, List.of(), List.of(), null, null, null, null, null, null, null, null);

    private JobStatus() {}

    static UnlearningJobStatus of(UnlearningJobStatus before, JobDecision decision) {
        var s = decision.situation();
        var generation = s.job().metadata().generation();
        var gates = s.gateResults().orElse(null);
        var done = decision.phase() == Phase.Succeeded;
        return new UnlearningJobStatus(
                generation,
                decision.phase(),
                decision.phase().terminal() ? null : atWork(s),
                progress(decision.stages()),
                gates == null ? null : Gates.verdict(gates),
                Conditions.of(
                        decision.phase(),
                        decision.reason(),
                        decision.message(),
                        generation,
                        before.conditions(),
                        s.now()),
                decision.stages(),
                s.inputs().isEmpty() ? null : s.inputs(),
                gates,
                results(s),
                done ? published(s) : null,
                s.time().started(),
                decision.phase().terminal() ? s.now() : null,
                s.time().suspendedSeconds(),
                s.time().suspendedSince());
    }

    /** A job whose spec cannot run. It is immutable, so this is final. */
    static UnlearningJobStatus invalid(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            UnlearningJobStatus before,
            InvalidSpec error,
            Instant now) {
        var generation = job.metadata().generation();
        var conditions = Conditions.of(
                Phase.Failed, Reason.InvalidInput, error.getMessage(), generation, before.conditions(), now);
        return new UnlearningJobStatus(
                generation,
                Phase.Failed,
                null,
                before.progress(),
                before.verdict(),
                conditions,
                before.stages(),
                before.inputs(),
                before.gates(),
                before.results(),
                null,
                before.started(),
                now,
                before.suspendedSeconds(),
                before.suspendedSince());
    }

    /** The same status, at another generation of the spec. */
    static UnlearningJobStatus seenAt(UnlearningJobStatus status, @Nullable Long generation) {
        return new UnlearningJobStatus(
                generation,
                status.phase(),
                status.stage(),
                status.progress(),
                status.verdict(),
                Conditions.observed(status.conditions(), generation),
                status.stages(),
                status.inputs(),
                status.gates(),
                status.results(),
                status.model(),
                status.started(),
                status.finished(),
                status.suspendedSeconds(),
                status.suspendedSince());
    }

    private static @Nullable String atWork(JobSituation s) {
        var names = s.atWork().stream().map(StageView::name).collect(Collectors.joining(","));
        return names.isEmpty() ? null : names;
    }

    private static String progress(List<StageSummary> stages) {
        var done = stages.stream()
                .filter(stage -> stage.phase() == Phase.Succeeded)
                .count();
        return done + "/" + stages.size();
    }

    private static ModelReference published(JobSituation s) {
        return new ModelReference(
                s.spec().output().uri(), s.view(StageNode.PUBLISH).summary().digest());
    }

    /**
     * What was measured of each system: the headlines (no subtasks), and whatever a gate asks for, so that the gates can
     * be decided from this status alone.
     */
    private static @Nullable Map<String, Map<String, MetricValue>> results(JobSituation s) {
        var gated = s.gates().stream().map(Gate::metric).collect(Collectors.toSet());
        var results = new LinkedHashMap<String, Map<String, MetricValue>>();
        for (var view : s.views().values()) {
            if (view.node().kind() == Kind.ModelEvaluation && view.succeeded()) {
                var kept = new TreeMap<>(view.metrics());
                kept.keySet().removeIf(name -> name.indexOf('/') != name.lastIndexOf('/') && !gated.contains(name));
                results.put(view.node().system(), kept);
            }
        }
        return results.isEmpty() ? null : results;
    }
}
