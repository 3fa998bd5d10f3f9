package dev.lethe.planner.stage;

import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.planner.Timings;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.Resolver;
import dev.lethe.planner.status.ActiveTime;
import dev.lethe.planner.status.Conditions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The input of a stage's policies.
 *
 * @param attempts with what is observed of the open one
 * @param seen the open attempt as observed; absent where it is not
 */
record StageContext(
        Resource<? extends StageSpec, StageResourceStatus> resource,
        AttemptHistory attempts,
        @Nullable ObservedAttempt seen,
        ActiveTime time,
        Instant now,
        StageFiles files,
        Timings timings) {

    /** With the active time advanced; it stands still while the stage is suspended or queued. */
    StageContext timed() {
        // A deadline is compared with our own clock, so it must count from a time of that clock.
        var created = resource.spec().execution().activeDeadlineSeconds() == null
                ? resource.metadata().creationTimestamp()
                : null;
        var advanced = time.at(now, suspended() || queued(), created);
        return new StageContext(resource, attempts, seen, advanced, now, files, timings);
    }

    boolean suspended() {
        return resource.spec().execution().suspended();
    }

    /** Whether a queue holds the open attempt: it is suspended, but not by us. */
    boolean queued() {
        var ours = attempts.open().filter(a -> a.reason() == Reason.Suspended).isPresent();
        return seenAs(ObservedAttempt.State.Suspended) && !ours;
    }

    boolean seenAs(ObservedAttempt.State state) {
        return seen != null && seen.state() == state;
    }

    /** The report of the attempt that succeeded. */
    Optional<StageReport> report() {
        return attempts.last()
                .filter(last -> last.state() == Attempt.State.Succeeded && seen != null)
                .map(last -> seen.report());
    }

    /** The gates of an evaluation that has measured, decided from the numbers in its report; empty where it has none. */
    Optional<List<GateResult>> gates() {
        return resource.spec() instanceof ModelEvaluationSpec evaluation && evaluation.gates() != null
                ? report().map(it -> Gates.decide(
                        evaluation.gates(), it.measured(evaluation.told()), it.baseline(evaluation.told())))
                : Optional.empty();
    }

    /** Why nothing runs, as observed now or as it was last on record; empty while an attempt runs. */
    Optional<String> waitsFor() {
        if (attempts.open().filter(it -> it.state() == Attempt.State.Running).isPresent()) {
            return Optional.empty();
        }
        var before = resource.status();
        return Optional.ofNullable(seen)
                .filter(it -> it.state() == ObservedAttempt.State.Pending && it.reason() != null)
                .map(it -> words(it.reason(), it.message()))
                .or(() -> before == null || before.phase() != Phase.Pending
                        ? Optional.empty()
                        : Conditions.find(before.conditions(), Conditions.READY)
                                .filter(it -> it.message() != null)
                                .map(it -> words(it.reason(), it.message())));
    }

    private static String words(Reason reason, @Nullable String message) {
        return message == null ? reason.name() : reason + ": " + message;
    }

    /** The message of the worker, or of its pod. */
    @Nullable
    String message() {
        return seen == null ? null : seen.message();
    }

    int maxAttempts() {
        return Resolver.maxAttempts(resource.spec().execution().retry());
    }

    Optional<Instant> deadline() {
        return time.deadline(resource.spec().execution().activeDeadlineSeconds());
    }
}
