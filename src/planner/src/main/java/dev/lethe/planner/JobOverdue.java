package dev.lethe.planner;

import dev.lethe.api.status.Reason;
import java.util.Optional;

/** The job has run for as long as {@code activeDeadlineSeconds} allows. */
final class JobOverdue {
    private JobOverdue() {}

    static Optional<JobDecision> decide(JobSituation s) {
        var limit = s.spec().activeDeadlineSeconds();
        if (!s.time().exceeds(limit, s.now())) {
            return Optional.empty();
        }
        var message = "ran for %d s, the most that activeDeadlineSeconds allows".formatted(limit);
        return Optional.of(JobDecision.failed(s, Reason.DeadlineExceeded, message, "stopped at the job's deadline"));
    }
}
