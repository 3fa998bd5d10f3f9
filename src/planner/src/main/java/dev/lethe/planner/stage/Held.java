package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Action;
import java.util.List;
import java.util.Optional;

/**
 * {@code spec.suspend} is true: the attempt is stopped, and stays planned under its number and name, so that resuming
 * continues it where its last checkpoint left it.
 */
final class Held {
    private Held() {}

    static Optional<Decision> decide(StageSituation s) {
        if (!s.suspended()) {
            return Optional.empty();
        }
        var decision = s.attempts()
                .open()
                .map(open -> hold(s, open))
                .orElse(new Decision(Phase.Suspended, Reason.Suspended, null, s.attempts(), List.of()));
        return Optional.of(decision);
    }

    private static Decision hold(StageSituation s, Attempt open) {
        // Asked once is enough, unless it runs nevertheless. One that is only planned may have been created unseen.
        var stopped = open.state() == Attempt.State.Planned
                && open.reason() == Reason.Suspended
                && !s.seenAs(ObservedAttempt.State.Running);
        var held = AttemptLog.planned(open, Reason.Suspended);
        return new Decision(
                Phase.Suspended,
                Reason.Suspended,
                null,
                s.attempts().withLast(held),
                stopped ? List.of() : List.of(new Action.StopAttempt(open.name(), Reason.Suspended)));
    }
}
