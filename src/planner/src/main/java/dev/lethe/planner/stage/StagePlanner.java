package dev.lethe.planner.stage;

import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.Plan;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.InvalidSpec;
import dev.lethe.planner.status.ActiveTime;
import dev.lethe.planner.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plans one stage: its attempts, one after another, until one succeeds or no other may follow.
 *
 * @param files makes what workers are told
 * @param backoff how long to wait between attempts
 * @param retention how long what is left of an attempt is kept after its end, where the stage does not say; for ever where
 *     null
 */
public record StagePlanner(StageFiles files, Backoff backoff, @Nullable Duration retention) {
    private static final StageResourceStatus NEW = new StageResourceStatus(
            null, null, List.of(), List.of(), null, null, null, null, null, null, null, null, null, null, null);

    /** The first that decides, decides. */
    private static final List<Function<StageSituation, Optional<Decision>>> POLICIES = List.of(
            Ended::decide,
            Exhausted::decide,
            Overdue::decide,
            Held::decide,
            BackingOff::decide,
            Next::decide,
            AtWork::decide);

    /**
     * The stage's next status, and what to do before it is written. A stage that has ended plans nothing, whatever is
     * observed, but that what is left of its attempts is deleted.
     *
     * @param observed what is seen of its attempts; others are ignored
     */
    public Plan<StageResourceStatus> plan(
            Resource<? extends StageSpec, StageResourceStatus> stage, List<ObservedAttempt> observed, Instant now) {
        var before = stage.status() == null ? NEW : stage.status();
        if (before.phase() != null && before.phase().terminal()) {
            return new Plan<>(
                    seenAt(before, stage.metadata().generation()), Retention.of(stage, before, before, retention, now));
        }
        var situation = situation(stage, before, observed, now);
        var decision = decide(situation);
        var status = status(situation, before, decision);
        var actions = new ArrayList<>(decision.actions());
        actions.addAll(Retention.of(stage, before, status, retention, now));
        return new Plan<>(status, List.copyOf(actions));
    }

    /**
     * The name of the attempt that has no outcome yet, whether it exists or not. A stage without a record of attempts has
     * its first: it may have been created in a pass that never wrote its status.
     *
     * @return empty between attempts, and once the stage has ended
     */
    public static Optional<String> openAttempt(Resource<? extends StageSpec, StageResourceStatus> stage) {
        var status = stage.status() == null ? NEW : stage.status();
        if (status.phase() != null && status.phase().terminal()) {
            return Optional.empty();
        }
        return new AttemptLog(status.attempts()).orFirst(stage).open().map(Attempt::name);
    }

    /** The attempts on record, or the first if it is there without one: it runs if its worker has reported. */
    private static AttemptLog known(
            Resource<? extends StageSpec, StageResourceStatus> stage,
            StageResourceStatus before,
            List<ObservedAttempt> observed) {
        var recorded = new AttemptLog(before.attempts());
        var first = recorded.orFirst(stage);
        if (before.attempts().isEmpty() && before.progress() != null) {
            return first.withLast(AttemptLog.running(first.attempts().getLast(), null));
        }
        return first.open()
                        .filter(open -> observed.stream().anyMatch(o -> o.name().equals(open.name())))
                        .isPresent()
                ? first
                : recorded;
    }

    private StageSituation situation(
            Resource<? extends StageSpec, StageResourceStatus> stage,
            StageResourceStatus before,
            List<ObservedAttempt> observed,
            Instant now) {
        var suspended = Boolean.TRUE.equals(stage.spec().suspend());
        var attempts = known(stage, before, observed);
        var seen = attempts.open()
                .flatMap(open -> observed.stream()
                        .filter(o -> o.name().equals(open.name()))
                        .findFirst())
                .filter(o -> o.state() != ObservedAttempt.State.Vanished)
                .orElse(null);
        var time = new ActiveTime(before.started(), before.suspendedSeconds(), before.suspendedSince());
        return new StageSituation(stage, attempts.observe(seen, suspended, now), seen, time, now, files, backoff)
                .timed();
    }

    private static Decision decide(StageSituation situation) {
        try {
            return POLICIES.stream()
                    .flatMap(policy -> policy.apply(situation).stream())
                    .findFirst()
                    .orElseThrow();
        } catch (InvalidSpec e) {
            return new Decision(Phase.Failed, Reason.InvalidInput, e.getMessage(), situation.attempts(), List.of());
        }
    }

    private static StageResourceStatus status(StageSituation situation, StageResourceStatus before, Decision decision) {
        var generation = situation.stage().metadata().generation();
        var seen = situation.seen();
        var spec = situation.stage().spec();
        var report = decision.phase() == Phase.Succeeded && seen != null ? seen.report() : null;
        var told = spec instanceof ModelEvaluationSpec evaluation ? evaluation.told() : List.<String>of();
        var metrics = report == null ? null : report.measured(told);
        var gates = report == null ? null : gates(spec, report);
        return new StageResourceStatus(
                generation,
                decision.phase(),
                Conditions.of(
                        decision.phase(),
                        decision.reason(),
                        decision.message(),
                        generation,
                        before.conditions(),
                        situation.now()),
                decision.attempts().attempts(),
                progress(before, seen, decision),
                metrics,
                verdict(spec, gates, report != null),
                gates,
                report == null ? null : new ModelReference(spec.outputUri(), report.output()),
                report == null ? null : report.result(),
                report == null ? null : report.inputs(),
                situation.time().started(),
                decision.phase().terminal() ? situation.now() : null,
                situation.time().suspendedSeconds(),
                situation.time().suspendedSince());
    }

    /** As last reported; all of it once the stage has succeeded. */
    private static @Nullable Progress progress(
            StageResourceStatus before, @Nullable ObservedAttempt seen, Decision decision) {
        var reported = seen != null && seen.progress() != null ? seen.progress() : before.progress();
        return reported != null && decision.phase() == Phase.Succeeded ? reported.done() : reported;
    }

    /** Decided here, from the numbers that the worker told of. */
    private static @Nullable List<GateResult> gates(StageSpec spec, StageReport report) {
        return switch (spec) {
            case ModelEvaluationSpec evaluation
            when evaluation.gates() != null ->
                Gates.decide(
                        evaluation.gates(), report.measured(evaluation.told()), report.baseline(evaluation.told()));
            case ModelPublicationSpec publication -> publication.gates();
            default -> null;
        };
    }

    private static @Nullable Verdict verdict(StageSpec spec, @Nullable List<GateResult> gates, boolean succeeded) {
        if (spec instanceof ModelPublicationSpec publication) {
            return succeeded ? publication.verdict() : null;
        }
        return gates == null ? null : Gates.verdict(gates);
    }

    private static StageResourceStatus seenAt(StageResourceStatus status, @Nullable Long generation) {
        return new StageResourceStatus(
                generation,
                status.phase(),
                Conditions.observed(status.conditions(), generation),
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
