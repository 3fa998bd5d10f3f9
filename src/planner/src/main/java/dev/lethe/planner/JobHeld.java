package dev.lethe.planner;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.util.Optional;

/** {@code spec.suspend} is true: what is at work is suspended, and nothing new begins. */
final class JobHeld {
    private JobHeld() {}

    static Optional<JobDecision> decide(JobSituation s) {
        return s.suspended()
                ? Optional.of(
                        new JobDecision(s, Phase.Suspended, Reason.Suspended, null, s.summaries(), s.suspendAll(true)))
                : Optional.empty();
    }
}
