package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Plan;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.status.ActiveTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The policies of a stage, in the order in which they are asked: the first that decides, decides. */
final class StagePolicies {
    private static final List<Function<StageContext, Optional<StageDecision>>> CHAIN = List.of(
            StagePolicies::gatesNotPassed,
            StagePolicies::succeeded,
            StagePolicies::inputRefused,
            StagePolicies::attemptsExhausted,
            StagePolicies::deadlineExceeded,
            StagePolicies::suspended,
            StagePolicies::backingOff,
            StagePolicies::nextAttempt,
            StagePolicies::openAttempt);

    private StagePolicies() {}

    /** @throws dev.lethe.planner.recipe.InvalidSpec if no worker can read the spec */
    static StageDecision decide(StageContext stage) {
        return CHAIN.stream()
                .flatMap(policy -> policy.apply(stage).stream())
                .findFirst()
                .orElseThrow();
    }

    /**
     * An evaluation measured everything, and its own gates do not pass. Whoever waits for it must not go on, so it is no
     * success, though another attempt would measure the same.
     */
    private static Optional<StageDecision> gatesNotPassed(StageContext stage) {
        return stage.gates().flatMap(results -> Gates.refusal(results)
                .map(reason -> StageDecision.of(Phase.Failed, reason, Gates.explain(results), stage.attempts())));
    }

    /** The last attempt succeeded. */
    private static Optional<StageDecision> succeeded(StageContext stage) {
        return stage.attempts()
                .last()
                .filter(last -> last.state() == Attempt.State.Succeeded)
                .map(last -> StageDecision.of(Phase.Succeeded, Reason.Succeeded, null, stage.attempts()));
    }

    /** The last attempt refused its input: another would, too. */
    private static Optional<StageDecision> inputRefused(StageContext stage) {
        return stage.attempts()
                .last()
                .filter(last -> last.state() == Attempt.State.Failed
                        && (last.reason() == Reason.InvalidInput || last.reason() == Reason.RefusedInput))
                .map(last -> StageDecision.of(
                        Phase.Failed, Objects.requireNonNull(last.reason()), last.message(), stage.attempts()));
    }

    /** As many attempts failed as {@code retry.maxAttempts} allows. */
    private static Optional<StageDecision> attemptsExhausted(StageContext stage) {
        var failures = stage.attempts().countedFailures();
        if (stage.attempts().open().isPresent() || failures < stage.maxAttempts()) {
            return Optional.empty();
        }
        var why = stage.attempts().last().map(Attempt::message).orElse("none was allowed");
        var message = "%d of %d attempts failed; the last: %s".formatted(failures, stage.maxAttempts(), why);
        return Optional.of(StageDecision.of(Phase.Failed, Reason.AttemptsExhausted, message, stage.attempts()));
    }

    /** The stage was active, which is not to say that anything ran, for as long as {@code activeDeadlineSeconds} allows. */
    private static Optional<StageDecision> deadlineExceeded(StageContext stage) {
        var limit = stage.resource().spec().execution().activeDeadlineSeconds();
        if (!stage.time().exceeds(limit, stage.now())) {
            return Optional.empty();
        }
        var reason = Reason.DeadlineExceeded;
        var waits = stage.waitsFor();
        var message = ActiveTime.spent(limit, stage.attempts().everRan())
                + waits.map(words -> "; it waited: " + words).orElse("");
        var stopped = "stopped at the deadline"
                + waits.map(words -> " before it ran: " + words).orElse("");
        var decision = stage.attempts()
                .open()
                .map(open -> StageDecision.of(
                        Phase.Failed,
                        reason,
                        message,
                        stage.attempts()
                                .withLast(Outcome.failed(open, reason, stopped, stage.seen(), true, stage.now())),
                        new StageAction.StopAttempt(open.name(), reason)))
                .orElse(StageDecision.of(Phase.Failed, reason, message, stage.attempts()));
        return Optional.of(decision);
    }

    /**
     * {@code spec.suspend} is true: the attempt is stopped, and stays planned under its number and name. Once resumed, it
     * continues from its last checkpoint.
     */
    private static Optional<StageDecision> suspended(StageContext stage) {
        if (!stage.suspended()) {
            return Optional.empty();
        }
        var decision = stage.attempts()
                .open()
                .map(open -> suspend(stage, open))
                .orElse(StageDecision.of(Phase.Suspended, Reason.Suspended, null, stage.attempts()));
        return Optional.of(decision);
    }

    private static StageDecision suspend(StageContext stage, Attempt open) {
        // One stop is enough, unless the attempt still runs. One that is only planned may exist unobserved.
        var stopped = open.state() == Attempt.State.Planned
                && open.reason() == Reason.Suspended
                && !stage.seenAs(ObservedAttempt.State.Running);
        var attempts = stage.attempts().withLast(AttemptHistory.planned(open, Reason.Suspended));
        return stopped
                ? StageDecision.of(Phase.Suspended, Reason.Suspended, null, attempts)
                : StageDecision.of(
                        Phase.Suspended,
                        Reason.Suspended,
                        null,
                        attempts,
                        new StageAction.StopAttempt(open.name(), Reason.Suspended));
    }

    /** The last attempt failed, and it is too early for another. */
    private static Optional<StageDecision> backingOff(StageContext stage) {
        return stage.attempts()
                .last()
                .filter(last -> last.state() == Attempt.State.Failed)
                .flatMap(failed -> backOff(stage, failed));
    }

    private static Optional<StageDecision> backOff(StageContext stage, Attempt failed) {
        // A failure that does not count makes no wait longer.
        var failures = failed.counted() ? (int) stage.attempts().countedFailures() : 1;
        var end = Objects.requireNonNullElse(failed.finished(), stage.now());
        var next = end.plus(stage.timings().retry().after(failures));
        if (!stage.now().isBefore(next)) {
            return Optional.empty();
        }
        var message = "attempt %d: %s; the next starts at %s".formatted(failed.number(), failed.message(), next);
        return Optional.of(StageDecision.of(Phase.Pending, Reason.Retrying, message, stage.attempts())
                .requeueAt(Plan.earlier(Optional.of(next), stage.deadline())));
    }

    /**
     * No attempt is open: the next one is named. It is created only by the next plan, so that the status has its name before
     * it exists. The first one is created at once, as its name is known without a record.
     */
    private static Optional<StageDecision> nextAttempt(StageContext stage) {
        if (stage.attempts().open().isPresent()) {
            return Optional.empty();
        }
        var planned = stage.attempts().withNext(stage.resource());
        var attempt = planned.attempts().getLast();
        // Made even where it is not used yet: an invalid spec should fail before anything is created.
        var file = stage.files().of(stage.resource(), attempt);
        return Optional.of(
                stage.attempts().last().isPresent()
                        ? StageDecision.of(Phase.Pending, Reason.Retrying, null, planned)
                                .requeueAt(Optional.of(stage.now()))
                        : StageDecision.of(
                                        Phase.Pending,
                                        Reason.Pending,
                                        null,
                                        planned,
                                        new StageAction.CreateAttempt(attempt, file))
                                .requeueAt(stage.deadline()));
    }

    /** The open attempt is created if it does not exist, and left alone if it does. */
    private static Optional<StageDecision> openAttempt(StageContext stage) {
        return stage.attempts().open().map(open -> {
            if (open.state() == Attempt.State.Running) {
                return observed(stage, Phase.Running, Reason.Progressing, stage.message());
            }
            if (stage.queued()) {
                var message = Objects.requireNonNullElse(stage.message(), "its queue holds it");
                return observed(stage, Phase.Queued, Reason.Queued, message);
            }
            return stage.seenAs(ObservedAttempt.State.Pending)
                    ? observed(stage, Phase.Pending, pendingReason(open), stage.message())
                    : create(stage, open);
        });
    }

    /** The stage is as its attempt is observed, with the observed reason if there is one. */
    private static StageDecision observed(StageContext stage, Phase phase, Reason usual, @Nullable String message) {
        var seen = stage.seen();
        var reason = seen == null || seen.reason() == null ? usual : seen.reason();
        return StageDecision.of(phase, reason, message, stage.attempts()).requeueAt(stage.deadline());
    }

    private static StageDecision create(StageContext stage, Attempt open) {
        var attempt = AttemptHistory.planned(open, null);
        var create = new StageAction.CreateAttempt(attempt, stage.files().of(stage.resource(), attempt));
        var attempts = stage.attempts().withLast(attempt);
        return StageDecision.of(Phase.Pending, pendingReason(open), stage.message(), attempts, create)
                .requeueAt(stage.deadline());
    }

    private static Reason pendingReason(Attempt attempt) {
        return attempt.number() > 1 ? Reason.Retrying : Reason.Pending;
    }
}
