package dev.lethe.planner.stage;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a policy decides about a stage. */
record StageDecision(
        Phase phase,
        Reason reason,
        @Nullable String message,
        AttemptHistory attempts,
        List<StageAction> actions,
        Optional<Instant> requeueAt) {

    static StageDecision of(
            Phase phase, Reason reason, @Nullable String message, AttemptHistory attempts, StageAction... actions) {
        return new StageDecision(phase, reason, message, attempts, List.of(actions), Optional.empty());
    }

    StageDecision requeueAt(Optional<Instant> time) {
        return new StageDecision(phase, reason, message, attempts, actions, time);
    }
}
