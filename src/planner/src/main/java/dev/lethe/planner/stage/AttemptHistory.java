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

/** The attempts at a stage, oldest first. Only the last may be open: the next follows when it has failed. */
record AttemptHistory(List<Attempt> attempts) {
    /** How many uncounted attempts are remembered: preemptible nodes could make them grow without end. */
    private static final int MAX_UNCOUNTED = 10;

    AttemptHistory {
        attempts = List.copyOf(attempts);
    }

    Optional<Attempt> last() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast());
    }

    /** The attempt that has no outcome yet. */
    Optional<Attempt> open() {
        return last().filter(a -> a.state() == Attempt.State.Planned || a.state() == Attempt.State.Running);
    }

    /** Whether a worker has ever begun. */
    boolean everRan() {
        return attempts.stream().anyMatch(it -> it.started() != null);
    }

    long countedFailures() {
        return attempts.stream()
                .filter(a -> a.state() == Attempt.State.Failed && a.counted())
                .count();
    }

    /** With the last attempt replaced. */
    AttemptHistory withLast(Attempt attempt) {
        var changed = new ArrayList<>(attempts);
        changed.set(changed.size() - 1, attempt);
        return new AttemptHistory(changed);
    }

    /** With another attempt planned. Its name is the same in every plan, whatever is updated in the stage. */
    AttemptHistory withNext(Resource<? extends StageSpec, ?> stage) {
        var number = last().map(Attempt::number).orElse(0) + 1;
        var changed = new ArrayList<>(withoutOldUncounted());
        changed.add(
                new Attempt(name(stage, number), number, Attempt.State.Planned, null, null, null, true, null, null));
        return new AttemptHistory(changed);
    }

    private static String name(Resource<? extends StageSpec, ?> stage, int number) {
        var uid = stage.metadata().uid();
        // Nothing that an update may change. A stage without a UID is identified by its output.
        var identity = uid != null ? uid : stage.name() + "/" + stage.spec().outputUri();
        return ResourceName.attempt(stage.name(), number, identity + "/" + number);
    }

    /** The names of all attempts that there have been, forgotten ones included. */
    List<String> names(Resource<? extends StageSpec, ?> stage) {
        return IntStream.rangeClosed(1, last().map(Attempt::number).orElse(0))
                .mapToObj(number -> name(stage, number))
                .toList();
    }

    /** With the first attempt planned where there has been none. */
    AttemptHistory orFirst(Resource<? extends StageSpec, ?> stage) {
        return attempts.isEmpty() ? withNext(stage) : this;
    }

    private List<Attempt> withoutOldUncounted() {
        var surplus = attempts.stream().filter(a -> !a.counted()).count() - MAX_UNCOUNTED;
        var old = attempts.stream()
                .filter(a -> !a.counted())
                .limit(Math.max(0, surplus))
                .toList();
        return attempts.stream().filter(a -> !old.contains(a)).toList();
    }

    /** With the observed state of the open attempt. */
    AttemptHistory observe(@Nullable ObservedAttempt seen, boolean suspended, Instant now) {
        return open().map(attempt -> withLast(observe(attempt, seen, suspended, now)))
                .orElseGet(() -> withoutFutureEnd(now));
    }

    /** An end in the future is by the clock of an earlier leader, which was ahead of ours: it must delay nothing. */
    private AttemptHistory withoutFutureEnd(Instant now) {
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
        // We may have stopped it ourselves, with a status that was never written.
        var stopped = suspended || attempt.reason() == Reason.Suspended;
        var state = seen == null ? ObservedAttempt.State.Vanished : seen.state();
        return switch (state) {
            case Vanished -> vanished(attempt, suspended, now);
            case Suspended, Pending -> planned(attempt, attempt.reason());
            case Running -> suspended ? attempt : running(attempt, start(seen, now));
            case Succeeded, Failed -> Outcome.of(attempt, seen, stopped, now);
        };
    }

    /** A planned attempt does not exist because it was not created yet; a running one has disappeared. */
    private static Attempt vanished(Attempt attempt, boolean suspended, Instant now) {
        if (attempt.state() == Attempt.State.Planned) {
            return attempt;
        }
        return suspended
                ? planned(attempt, Reason.Suspended)
                : Outcome.failed(attempt, Reason.JobDisappeared, "disappeared while running", null, true, now);
    }

    /** When the attempt began, but not later than now: its node's clock may be ahead. */
    static Instant start(@Nullable ObservedAttempt seen, Instant now) {
        return seen == null || seen.started() == null || seen.started().isAfter(now) ? now : seen.started();
    }

    /** The attempt as running, since then or since it first ran. */
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

    /** The attempt as planned. */
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
