package dev.lethe.planner;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.util.Optional;

/** A stage failed, so the job does. */
final class StageFailure {
    private StageFailure() {}

    static Optional<JobDecision> decide(JobSituation s) {
        return s.views().values().stream()
                .filter(view -> view.summary().phase() == Phase.Failed)
                .findFirst()
                .map(failed -> {
                    var summary = failed.summary();
                    var message = "%s: %s"
                            .formatted(
                                    failed.name(),
                                    summary.message() == null ? summary.reason().name() : summary.message());
                    return JobDecision.failed(
                            s, Reason.StageFailed, message, "not needed any more, as " + failed.name() + " failed");
                });
    }
}
