package dev.lethe.planner.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.planner.Plan;
import dev.lethe.planner.Timings;
import dev.lethe.planner.recipe.InvalidSpec;
import dev.lethe.planner.status.ActiveTime;
import dev.lethe.planner.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans one stage: one attempt after another, until one succeeds or no other may follow.
 *
 * @param files makes the workers' stage files
 * @param retention how long what is left of an attempt is kept after its end, where the stage does not say; forever where null
 */
public record StagePlanner(StageFiles files, Timings timings, @Nullable Duration retention) {
    private static final String RESTORED =
            "came back without its status and without the job that made it: it does not run again";

    /**
     * Plans a stage. For one that has ended there is nothing to do, whatever is observed, but to delete what is left of its
     * attempts.
     *
     * @param observed what is observed of its attempts; those of other stages are ignored
     */
    public Plan<StageResourceStatus, StageAction> plan(
            Resource<? extends StageSpec, StageResourceStatus> stage, List<ObservedAttempt> observed, Instant now) {
        var before = before(stage);
        if (ended(before)) {
            var status = StageStatus.observedAt(before, stage.metadata().generation());
            var retained = Retention.of(stage, before, before, retention, now);
            return new Plan<>(status, retained.deletions(), retained.requeueAt(), Optional.empty());
        }
        var context = context(stage, before, observed, now);
        var decision = decide(context);
        var status = StageStatus.of(context, before, decision);
        var retained = Retention.of(stage, before, status, retention, now);
        var actions = new ArrayList<>(decision.actions());
        actions.addAll(retained.deletions());
        // The status has the time from which a deadline counts, so it is written at once.
        var deferUntil = stage.spec().execution().activeDeadlineSeconds() == null
                ? deferUntil(before, status, observed, now)
                : Optional.<Instant>empty();
        return new Plan<>(status, actions, Plan.earlier(decision.requeueAt(), retained.requeueAt()), deferUntil);
    }

    /** The plan for a stage that has ended and must hold its claims no longer: what is left of its attempts goes at once. */
    public Plan<StageResourceStatus, StageAction> released(Resource<? extends StageSpec, StageResourceStatus> stage) {
        var before = before(stage);
        var names = new AttemptHistory(before.attempts()).names(stage);
        var status = StageStatus.observedAt(before, stage.metadata().generation());
        return new Plan<>(status, List.of(new StageAction.DeleteAttempts(names)), Optional.empty(), Optional.empty());
    }

    /** Whether no attempt at the stage is on record. */
    public static boolean unrecorded(Resource<? extends StageSpec, StageResourceStatus> stage) {
        return before(stage).attempts().isEmpty();
    }

    /** The end of a stage that has neither a record of attempts nor the job that made it: a backup brought it back. */
    public Plan<StageResourceStatus, StageAction> restored(
            Resource<? extends StageSpec, StageResourceStatus> stage, Instant now) {
        var before = before(stage);
        if (ended(before)) {
            return new Plan<>(before, List.of(), Optional.empty(), Optional.empty());
        }
        var decision = StageDecision.of(Phase.Skipped, Reason.Restored, RESTORED, new AttemptHistory(List.of()));
        var status = StageStatus.of(context(stage, before, List.of(), now), before, decision);
        return new Plan<>(status, List.of(), Optional.empty(), Optional.empty());
    }

    /**
     * The plan for a stage whose attempts cannot be observed now: what is not seen is not known to be gone, so nothing is done.
     * One that has not begun says why.
     */
    public Plan<StageResourceStatus, StageAction> unobserved(
            Resource<? extends StageSpec, StageResourceStatus> stage, String why, Instant now) {
        var before = before(stage);
        var requeueAt = ended(before) ? Optional.<Instant>empty() : Optional.of(now.plus(Timings.BLOCKED));
        if (ended(before) || !unrecorded(stage)) {
            return new Plan<>(before, List.of(), requeueAt, Optional.empty());
        }
        var decision = StageDecision.of(Phase.Pending, Reason.Pending, why, new AttemptHistory(List.of()));
        var status = StageStatus.of(context(stage, before, List.of(), now), before, decision);
        return new Plan<>(status, List.of(), requeueAt, Optional.empty());
    }

    /** The plan for a stage whose plan cannot be carried out now: its status says why, and it is soon tried again. */
    public Plan<StageResourceStatus, StageAction> blocked(
            Plan<StageResourceStatus, StageAction> plan, Reason reason, String message, Instant now) {
        var requeueAt = Plan.earlier(plan.requeueAt(), Optional.of(now.plus(Timings.BLOCKED)));
        var status = StageStatus.blocked(plan.status(), reason, message);
        return new Plan<>(status, plan.actions(), requeueAt, Optional.empty());
    }

    /**
     * The name of the attempt that has no outcome yet, whether it exists or not. A stage without a record of attempts has its
     * first: it may exist, with a status that was never written.
     *
     * @return empty between attempts, and once the stage has ended
     */
    public static Optional<String> openAttempt(Resource<? extends StageSpec, StageResourceStatus> stage) {
        var status = before(stage);
        return ended(status)
                ? Optional.empty()
                : new AttemptHistory(status.attempts()).orFirst(stage).open().map(Attempt::name);
    }

    private static StageResourceStatus before(Resource<? extends StageSpec, StageResourceStatus> stage) {
        return Objects.requireNonNullElse(stage.status(), StageStatus.NEW);
    }

    private static boolean ended(StageResourceStatus status) {
        return status.phase() != null && status.phase().terminal();
    }

    private StageContext context(
            Resource<? extends StageSpec, StageResourceStatus> stage,
            StageResourceStatus before,
            List<ObservedAttempt> observed,
            Instant now) {
        var suspended = stage.spec().execution().suspended();
        var attempts = known(stage, before, observed);
        var seen = attempts.open()
                .flatMap(open -> find(observed, open))
                .filter(it -> it.state() != ObservedAttempt.State.Vanished)
                .orElse(null);
        var time = new ActiveTime(before.started(), before.suspendedSeconds(), before.suspendedSince());
        return new StageContext(stage, attempts.observe(seen, suspended, now), seen, time, now, files, timings).timed();
    }

    /** The attempts on record, or the first if it exists without one: it runs if its worker has reported. */
    private static AttemptHistory known(
            Resource<? extends StageSpec, StageResourceStatus> stage,
            StageResourceStatus before,
            List<ObservedAttempt> observed) {
        var recorded = new AttemptHistory(before.attempts());
        var first = recorded.orFirst(stage);
        if (before.attempts().isEmpty() && before.progress() != null) {
            return first.withLast(AttemptHistory.running(first.attempts().getLast(), null));
        }
        return first.open().flatMap(open -> find(observed, open)).isPresent() ? first : recorded;
    }

    private static Optional<ObservedAttempt> find(List<ObservedAttempt> observed, Attempt attempt) {
        return observed.stream().filter(it -> it.name().equals(attempt.name())).findFirst();
    }

    private static StageDecision decide(StageContext stage) {
        try {
            return StagePolicies.decide(stage);
        } catch (InvalidSpec e) {
            return StageDecision.of(Phase.Failed, Reason.InvalidInput, e.getMessage(), stage.attempts());
        }
    }

    /** A status waits while it only says that the first attempt was created, or has just begun to run. */
    private Optional<Instant> deferUntil(
            StageResourceStatus before, StageResourceStatus after, List<ObservedAttempt> observed, Instant now) {
        var ready = Conditions.find(after.conditions(), Conditions.READY).orElseThrow();
        var unwritten = before.attempts().isEmpty();
        var pending = Conditions.reason(before.conditions()).equals(Optional.of(Reason.Pending));
        Optional<Instant> until = Optional.empty();
        if (unwritten && ready.reason() == Reason.Pending && ready.message() == null) {
            until = Optional.of(since(after, observed).orElse(now).plus(timings.firstPending()));
        } else if ((unwritten || pending) && ready.reason() == Reason.Progressing && after.progress() == null) {
            until = since(after, observed).map(since -> since.plus(timings.firstRunning()));
        }
        return until.filter(time -> time.isAfter(now));
    }

    private static Optional<Instant> since(StageResourceStatus after, List<ObservedAttempt> observed) {
        return find(observed, after.attempts().getLast()).map(ObservedAttempt::since);
    }
}
