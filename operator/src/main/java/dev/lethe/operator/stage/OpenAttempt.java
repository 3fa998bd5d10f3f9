package dev.lethe.operator.stage;

import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.StageResourceStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The attempt of a stage that has no outcome yet: of no other anything more is asked. */
public final class OpenAttempt {
    private OpenAttempt() {}

    /** Its name, which is its Job's. */
    public static Optional<String> name(@Nullable StageResourceStatus status) {
        return status == null || status.attempts().isEmpty()
                ? Optional.empty()
                : Optional.of(status.attempts().getLast())
                        .filter(last -> last.state() == Attempt.State.Planned || last.state() == Attempt.State.Running)
                        .map(Attempt::name);
    }
}
