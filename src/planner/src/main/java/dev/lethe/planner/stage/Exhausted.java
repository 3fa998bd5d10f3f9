package dev.lethe.planner.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.util.List;
import java.util.Optional;

/** As many attempts failed as {@code retry.maxAttempts} allows. */
final class Exhausted {
    private Exhausted() {}

    static Optional<Decision> decide(StageSituation s) {
        if (s.attempts().open().isPresent() || s.attempts().countedFailures() < s.maxAttempts()) {
            return Optional.empty();
        }
        var why = s.attempts().last().map(Attempt::message).orElse("none was allowed");
        var message = "%d of %d attempts failed; the last: %s"
                .formatted(s.attempts().countedFailures(), s.maxAttempts(), why);
        return Optional.of(new Decision(Phase.Failed, Reason.AttemptsExhausted, message, s.attempts(), List.of()));
    }
}
