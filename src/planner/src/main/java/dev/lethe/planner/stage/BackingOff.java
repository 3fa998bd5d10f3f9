package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Action;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The last attempt failed, and it is too early for another. */
final class BackingOff {
    private BackingOff() {}

    static Optional<Decision> decide(StageSituation s) {
        return s.attempts()
                .last()
                .filter(last -> last.state() == Attempt.State.Failed)
                .flatMap(last -> waitAfter(s, last));
    }

    private static Optional<Decision> waitAfter(StageSituation s, Attempt failed) {
        // What the worker is not to blame for makes no next wait longer.
        var wait = s.backoff().after(failed.counted() ? (int) s.attempts().countedFailures() : 1);
        var due = Objects.requireNonNullElse(failed.finished(), s.now()).plus(wait);
        if (!s.now().isBefore(due)) {
            return Optional.empty();
        }
        var message = "attempt %d: %s; the next starts at %s".formatted(failed.number(), failed.message(), due);
        return Optional.of(new Decision(
                Phase.Pending,
                Reason.Retrying,
                message,
                s.attempts(),
                s.untilDeadline(List.of(new Action.WaitUntil(due)))));
    }
}
