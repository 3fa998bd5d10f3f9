package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Action;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open attempt is created where it is not there, and left alone where it is. */
final class AtWork {
    private AtWork() {}

    static Optional<Decision> decide(StageSituation s) {
        return s.attempts().open().map(open -> {
            if (open.state() == Attempt.State.Running) {
                return at(s, Phase.Running, Reason.Progressing, s.words());
            }
            if (s.queued()) {
                return at(s, Phase.Queued, Reason.Queued, Objects.requireNonNullElse(s.words(), "its queue holds it"));
            }
            return s.seenAs(ObservedAttempt.State.Pending)
                    ? at(s, Phase.Pending, waiting(open), s.words())
                    : create(s, open);
        });
    }

    /** As the attempt is seen, for the reason that is seen. */
    private static Decision at(StageSituation s, Phase phase, Reason usual, @Nullable String words) {
        var reason =
                s.seen() == null || s.seen().reason() == null ? usual : s.seen().reason();
        return new Decision(phase, reason, words, s.attempts(), s.untilDeadline(List.of()));
    }

    private static Decision create(StageSituation s, Attempt open) {
        var attempt = AttemptLog.planned(open, null);
        var create = new Action.CreateAttempt(attempt, s.files().of(s.stage(), attempt));
        return new Decision(
                Phase.Pending,
                waiting(open),
                s.words(),
                s.attempts().withLast(attempt),
                s.untilDeadline(List.of(create)));
    }

    private static Reason waiting(Attempt attempt) {
        return attempt.number() > 1 ? Reason.Retrying : Reason.Pending;
    }
}
