package dev.lethe.pipeline.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.pipeline.Action;
import java.util.List;
import java.util.Optional;

/** The open attempt is created where it is not there, and left alone where it is. */
final class AtWork {
    private AtWork() {}

    static Optional<Decision> decide(StageSituation s) {
        return s.attempts().open().map(open -> {
            if (open.state() == Attempt.State.Running) {
                return new Decision(
                        Phase.Running, Reason.Progressing, s.words(), s.attempts(), s.untilDeadline(List.of()));
            }
            var resumed = open.reason() == Reason.Suspended;
            // Held, but not by us: its queue has not admitted it, and will start it.
            var queued = s.seenAs(ObservedAttempt.State.Suspended) && !resumed;
            return queued ? queued(s) : create(s, open);
        });
    }

    private static Decision queued(StageSituation s) {
        var message = s.words() != null ? s.words() : "waits for its queue to admit it";
        return new Decision(Phase.Pending, Reason.Pending, message, s.attempts(), s.untilDeadline(List.of()));
    }

    private static Decision create(StageSituation s, Attempt open) {
        var attempt = AttemptLog.planned(open, null);
        var create = new Action.CreateAttempt(attempt, s.files().of(s.stage(), attempt));
        return new Decision(
                Phase.Pending,
                attempt.number() > 1 ? Reason.Retrying : Reason.Pending,
                s.words(),
                s.attempts().withLast(attempt),
                s.untilDeadline(List.of(create)));
    }
}
