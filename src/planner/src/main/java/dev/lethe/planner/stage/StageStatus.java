package dev.lethe.planner.stage;

import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.status.Conditions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Composes a stage's status from a decision. */
final class StageStatus {
    static final StageResourceStatus NEW = new StageResourceStatus(
            null, null, List.of(), List.of(), null, null, null, null, null, null, null, null, null, null, null);

    private StageStatus() {}

    static StageResourceStatus of(StageContext stage, StageResourceStatus before, StageDecision decision) {
        var generation = stage.resource().metadata().generation();
        var seen = stage.seen();
        var spec = stage.resource().spec();
        var report = stage.report().orElse(null);
        var told = spec instanceof ModelEvaluationSpec evaluation ? evaluation.told() : List.<String>of();
        var metrics = report == null ? null : report.measured(told);
        var gates = gates(stage);
        return new StageResourceStatus(
                generation,
                decision.phase(),
                Conditions.of(
                        decision.phase(),
                        decision.reason(),
                        decision.message(),
                        generation,
                        before.conditions(),
                        stage.now()),
                decision.attempts().attempts(),
                progress(before, seen, report != null),
                metrics,
                verdict(spec, gates, report != null),
                gates,
                report == null ? null : new ModelReference(spec.outputUri(), report.output()),
                report == null ? null : report.result(),
                report == null ? null : report.inputs(),
                stage.time().started(),
                decision.phase().terminal() ? stage.now() : null,
                stage.time().suspendedSeconds(),
                stage.time().suspendedSince());
    }

    /** The last reported progress; all of it once the worker is done. */
    private static @Nullable Progress progress(
            StageResourceStatus before, @Nullable ObservedAttempt seen, boolean done) {
        var reported = seen != null && seen.progress() != null ? seen.progress() : before.progress();
        return reported != null && done ? reported.done() : reported;
    }

    /** The gates of an evaluation are decided here; those of a publication were decided by whoever asked for it. */
    private static @Nullable List<GateResult> gates(StageContext stage) {
        return stage.resource().spec() instanceof ModelPublicationSpec publication
                        && stage.report().isPresent()
                ? publication.gates()
                : stage.gates().orElse(null);
    }

    private static @Nullable Verdict verdict(StageSpec spec, @Nullable List<GateResult> gates, boolean succeeded) {
        if (spec instanceof ModelPublicationSpec publication) {
            return succeeded ? publication.verdict() : null;
        }
        return gates == null ? null : Gates.verdict(gates);
    }

    /** The same status, observed at another generation of the spec. */
    static StageResourceStatus observedAt(StageResourceStatus status, @Nullable Long generation) {
        return with(status, generation, Conditions.observed(status.conditions(), generation));
    }

    /** The planned status of a stage whose plan cannot be carried out now. */
    static StageResourceStatus blocked(StageResourceStatus planned, Reason reason, String message) {
        return with(planned, planned.observedGeneration(), Conditions.blocked(planned.conditions(), reason, message));
    }

    private static StageResourceStatus with(
            StageResourceStatus status, @Nullable Long generation, List<Condition> conditions) {
        return new StageResourceStatus(
                generation,
                status.phase(),
                conditions,
                status.attempts(),
                status.progress(),
                status.metrics(),
                status.verdict(),
                status.gates(),
                status.output(),
                status.result(),
                status.inputs(),
                status.started(),
                status.finished(),
                status.suspendedSeconds(),
                status.suspendedSince());
    }
}
