package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.util.List;
import java.util.Optional;

/** The last attempt ended in a way that is final for the stage: done, or refused. */
final class Ended {
    private Ended() {}

    static Optional<Decision> decide(StageSituation s) {
        return s.attempts().last().flatMap(last -> {
            if (last.state() == Attempt.State.Succeeded) {
                return Optional.of(new Decision(Phase.Succeeded, Reason.Succeeded, null, s.attempts(), List.of()));
            }
            if (last.state() == Attempt.State.Failed
                    && (last.reason() == Reason.InvalidInput || last.reason() == Reason.RefusedInput)) {
                return Optional.of(new Decision(Phase.Failed, last.reason(), last.message(), s.attempts(), List.of()));
            }
            return Optional.empty();
        });
    }
}
