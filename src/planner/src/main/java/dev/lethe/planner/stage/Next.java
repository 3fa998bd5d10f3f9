package dev.lethe.planner.stage;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Action;
import java.util.List;
import java.util.Optional;

/**
 * No attempt is open: another is named. It is created only in the next pass, so that its name is in the status before it
 * exists. Only the first is created at once: as no other could be meant, its name needs no record.
 */
final class Next {
    private Next() {}

    static Optional<Decision> decide(StageSituation s) {
        if (s.attempts().open().isPresent()) {
            return Optional.empty();
        }
        var planned = s.attempts().withNext(s.stage());
        var attempt = planned.attempts().getLast();
        // What cannot be told to a worker is better known before anything is created.
        var file = s.files().of(s.stage(), attempt);
        return Optional.of(
                s.attempts().last().isPresent()
                        ? new Decision(
                                Phase.Pending, Reason.Retrying, null, planned, List.of(new Action.WaitUntil(s.now())))
                        : new Decision(
                                Phase.Pending,
                                Reason.Pending,
                                null,
                                planned,
                                s.untilDeadline(List.of(new Action.CreateAttempt(attempt, file)))));
    }
}
