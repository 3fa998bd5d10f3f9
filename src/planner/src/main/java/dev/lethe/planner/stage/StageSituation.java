package dev.lethe.planner.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.planner.Action;
import dev.lethe.planner.status.ActiveTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that the policies of a stage look at.
 *
 * @param attempts with what is observed of them
 * @param seen the open attempt as it is observed; absent when nothing is seen of it
 */
record StageSituation(
        Resource<? extends StageSpec, StageResourceStatus> stage,
        AttemptLog attempts,
        @Nullable ObservedAttempt seen,
        ActiveTime time,
        Instant now,
        StageFiles files,
        Backoff backoff) {

    /** With the time as it goes on: not while the stage is suspended or queued. */
    StageSituation timed() {
        // A deadline is held against our clock, so it counts from what our clock said first.
        var created =
                stage.spec().activeDeadlineSeconds() == null ? stage.metadata().creationTimestamp() : null;
        var goesOn = time.at(now, suspended() || queued(), created);
        return new StageSituation(stage, attempts, seen, goesOn, now, files, backoff);
    }

    boolean suspended() {
        return Boolean.TRUE.equals(stage.spec().suspend());
    }

    /** Whether a queue holds the open attempt: held, but not by us. */
    boolean queued() {
        var ours = attempts.open().filter(a -> a.reason() == Reason.Suspended).isPresent();
        return seenAs(ObservedAttempt.State.Suspended) && !ours;
    }

    boolean seenAs(ObservedAttempt.State state) {
        return seen != null && seen.state() == state;
    }

    /** What the worker, or its pod, has to say. */
    @Nullable
    String words() {
        return seen == null ? null : seen.message();
    }

    int maxAttempts() {
        var retry = stage.spec().retry();
        var own = retry == null ? null : retry.maxAttempts();
        return own != null ? own : Objects.requireNonNull(Retry.DEFAULTS.maxAttempts());
    }

    /** These actions, and the deadline to wait for. */
    List<Action> untilDeadline(List<? extends Action> actions) {
        var all = new ArrayList<Action>(actions);
        time.deadline(stage.spec().activeDeadlineSeconds()).ifPresent(at -> all.add(new Action.WaitUntil(at)));
        return all;
    }
}
