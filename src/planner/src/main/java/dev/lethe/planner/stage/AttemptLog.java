package dev.lethe.planner.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.ResourceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The attempts at a stage, oldest first. Only the last one may still change: another follows only when it has failed. */
record AttemptLog(List<Attempt> attempts) {
    /** Attempts that do not count could grow without end on preemptible nodes: so many of them are remembered. */
    private static final int UNCOUNTED_KEPT = 10;

    AttemptLog {
        attempts = List.copyOf(attempts);
    }

    Optional<Attempt> last() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast());
    }

    /** The attempt that has no outcome yet. */
    Optional<Attempt> open() {
        return last().filter(a -> a.state() == Attempt.State.Planned || a.state() == Attempt.State.Running);
    }

    long countedFailures() {
        return attempts.stream()
                .filter(a -> a.state() == Attempt.State.Failed && a.counted())
                .count();
    }

    /** With the last attempt replaced. */
    AttemptLog withLast(Attempt attempt) {
        var changed = new ArrayList<>(attempts);
        changed.set(changed.size() - 1, attempt);
        return new AttemptLog(changed);
    }

    /** With another attempt planned, under a name that the same stage gives it on every pass, whatever is updated in it. */
    AttemptLog withNext(Resource<? extends StageSpec, ?> stage) {
        var number = last().map(Attempt::number).orElse(0) + 1;
        var changed = new ArrayList<>(withoutOldUncounted());
        changed.add(
                new Attempt(name(stage, number), number, Attempt.State.Planned, null, null, null, true, null, null));
        return new AttemptLog(changed);
    }

    private static String name(Resource<? extends StageSpec, ?> stage, int number) {
        var uid = stage.metadata().uid();
        // What an update may change must not be in it. Where there is no uid, a stage is where it writes.
        var identity = uid != null ? uid : stage.name() + "/" + stage.spec().outputUri();
        return ResourceName.attempt(stage.name(), number, identity + "/" + number);
    }

    /** Of all attempts that there have been, those that are not remembered included. */
    List<String> names(Resource<? extends StageSpec, ?> stage) {
        return IntStream.rangeClosed(1, last().map(Attempt::number).orElse(0))
                .mapToObj(number -> name(stage, number))
                .toList();
    }

    /** The same, or with the first attempt planned where there has been none. */
    AttemptLog orFirst(Resource<? extends StageSpec, ?> stage) {
        return attempts.isEmpty() ? withNext(stage) : this;
    }

    private List<Attempt> withoutOldUncounted() {
        var surplus = attempts.stream().filter(a -> !a.counted()).count() - UNCOUNTED_KEPT;
        var old = attempts.stream()
                .filter(a -> !a.counted())
                .limit(Math.max(0, surplus))
                .toList();
        return attempts.stream().filter(a -> !old.contains(a)).toList();
    }

    /** With what is seen of the open attempt. */
    AttemptLog observe(@Nullable ObservedAttempt seen, boolean suspended, Instant now) {
        return open().map(attempt -> withLast(observe(attempt, seen, suspended, now)))
                .orElseGet(() -> notAhead(now));
    }

    /** An end in the future was seen by an earlier leader, whose clock was ahead of ours: nothing waits for that to come. */
    private AttemptLog notAhead(Instant now) {
        return last().filter(a -> a.finished() != null && a.finished().isAfter(now))
                .map(a -> withLast(new Attempt(
                        a.name(),
                        a.number(),
                        a.state(),
                        a.reason(),
                        a.message(),
                        a.exitCode(),
                        a.counted(),
                        a.started(),
                        now)))
                .orElse(this);
    }

    private static Attempt observe(Attempt attempt, @Nullable ObservedAttempt seen, boolean suspended, Instant now) {
        // We may have stopped it ourselves in a pass whose status was never written.
        var stopped = suspended || attempt.reason() == Reason.Suspended;
        var state = seen == null ? ObservedAttempt.State.Vanished : seen.state();
        return switch (state) {
            case Vanished -> vanished(attempt, suspended, now);
            case Suspended, Pending -> planned(attempt, attempt.reason());
            case Running -> suspended ? attempt : running(attempt, start(seen, now));
            case Succeeded, Failed -> Outcome.of(attempt, seen, stopped, now);
        };
    }

    /** An attempt that was only planned is not there because nobody has created it yet. */
    private static Attempt vanished(Attempt attempt, boolean suspended, Instant now) {
        if (attempt.state() == Attempt.State.Planned) {
            return attempt;
        }
        return suspended
                ? planned(attempt, Reason.Suspended)
                : Outcome.failed(attempt, Reason.JobDisappeared, "disappeared while running", null, true, now);
    }

    /** When it began; not later than it was seen to have. */
    static Instant start(@Nullable ObservedAttempt seen, Instant now) {
        return seen == null || seen.started() == null || seen.started().isAfter(now) ? now : seen.started();
    }

    /** The attempt as one that runs, since then or since it first did. */
    static Attempt running(Attempt attempt, @Nullable Instant started) {
        return new Attempt(
                attempt.name(),
                attempt.number(),
                Attempt.State.Running,
                null,
                null,
                null,
                true,
                attempt.started() != null ? attempt.started() : started,
                null);
    }

    /** The attempt as one that waits to run. */
    static Attempt planned(Attempt attempt, @Nullable Reason reason) {
        return new Attempt(
                attempt.name(),
                attempt.number(),
                Attempt.State.Planned,
                reason,
                null,
                null,
                true,
                attempt.started(),
                null);
    }
}
