package dev.lethe.planner;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.Condition;
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

/** Composes a job's status from a decision. */
final class JobStatus {
    static final UnlearningJobStatus NEW = new UnlearningJobStatus(
            null, null, null, null, null, List.of(), List.of(), null, null, null, null, null, null, null, null, null);

    private JobStatus() {}

    static UnlearningJobStatus of(UnlearningJobStatus before, JobDecision decision) {
        var job = decision.context();
        var generation = job.resource().metadata().generation();
        var gates = job.gateResults().orElse(null);
        var done = decision.phase() == Phase.Succeeded;
        return new UnlearningJobStatus(
                generation,
                decision.phase(),
                decision.phase().terminal() ? null : activeStages(job),
                progress(decision.stages()),
                gates == null ? null : Gates.verdict(gates),
                Conditions.of(
                        decision.phase(),
                        decision.reason(),
                        decision.message(),
                        generation,
                        before.conditions(),
                        job.now()),
                decision.stages(),
                job.inputs().isEmpty() ? null : job.inputs(),
                job.resolved().settings(),
                gates,
                results(job),
                done ? published(job) : null,
                job.time().started(),
                decision.phase().terminal() ? job.now() : null,
                job.time().suspendedSeconds(),
                job.time().suspendedSince());
    }

    /** The final status of a job whose spec cannot run: a spec does not change. */
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
                before.resolved(),
                before.gates(),
                before.results(),
                null,
                before.started(),
                now,
                before.suspendedSeconds(),
                before.suspendedSince());
    }

    /** The same status, observed at another generation of the spec. */
    static UnlearningJobStatus observedAt(UnlearningJobStatus status, @Nullable Long generation) {
        return with(status, generation, Conditions.observed(status.conditions(), generation));
    }

    /** The planned status of a job whose plan cannot be carried out now. */
    static UnlearningJobStatus blocked(UnlearningJobStatus planned, Reason reason, String message) {
        return with(planned, planned.observedGeneration(), Conditions.blocked(planned.conditions(), reason, message));
    }

    private static UnlearningJobStatus with(
            UnlearningJobStatus status, @Nullable Long generation, List<Condition> conditions) {
        return new UnlearningJobStatus(
                generation,
                status.phase(),
                status.stage(),
                status.progress(),
                status.verdict(),
                conditions,
                status.stages(),
                status.inputs(),
                status.resolved(),
                status.gates(),
                status.results(),
                status.model(),
                status.started(),
                status.finished(),
                status.suspendedSeconds(),
                status.suspendedSince());
    }

    private static @Nullable String activeStages(JobContext job) {
        var names = job.activeStages().stream().map(StageView::name).collect(Collectors.joining(","));
        return names.isEmpty() ? null : names;
    }

    private static String progress(List<StageSummary> stages) {
        var done = stages.stream()
                .filter(stage -> stage.phase() == Phase.Succeeded)
                .count();
        return done + "/" + stages.size();
    }

    private static ModelReference published(JobContext job) {
        return new ModelReference(
                job.resolved().output().uri(),
                job.view(StageNode.PUBLISH).summary().digest());
    }

    /**
     * The metrics of each system: the headlines (no subtasks), and those of the gates, so that the gates can be decided from
     * this status alone.
     */
    private static @Nullable Map<String, Map<String, MetricValue>> results(JobContext job) {
        var gated = job.gates().stream().map(Gate::metric).collect(Collectors.toSet());
        var results = new LinkedHashMap<String, Map<String, MetricValue>>();
        for (var view : job.views().values()) {
            if (view.node().kind() == Kind.ModelEvaluation && view.succeeded()) {
                var kept = new TreeMap<>(view.metrics());
                kept.keySet().removeIf(name -> name.indexOf('/') != name.lastIndexOf('/') && !gated.contains(name));
                results.put(view.node().system(), kept);
            }
        }
        return results.isEmpty() ? null : results;
    }
}
