package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Action;
import java.util.List;
import java.util.Optional;

/** The stage has run for as long as {@code activeDeadlineSeconds} allows. */
final class Overdue {
    private Overdue() {}

    static Optional<Decision> decide(StageSituation s) {
        var limit = s.stage().spec().activeDeadlineSeconds();
        if (!s.time().exceeds(limit, s.now())) {
            return Optional.empty();
        }
        var message = "ran for %d s, the most that activeDeadlineSeconds allows".formatted(limit);
        var decision = s.attempts()
                .open()
                .map(open -> stop(s, open, message))
                .orElse(new Decision(Phase.Failed, Reason.DeadlineExceeded, message, s.attempts(), List.of()));
        return Optional.of(decision);
    }

    private static Decision stop(StageSituation s, Attempt open, String message) {
        var failed = Outcome.failed(open, Reason.DeadlineExceeded, "stopped at the deadline", s.seen(), true, s.now());
        return new Decision(
                Phase.Failed,
                Reason.DeadlineExceeded,
                message,
                s.attempts().withLast(failed),
                List.of(new Action.StopAttempt(open.name(), Reason.DeadlineExceeded)));
    }
}
