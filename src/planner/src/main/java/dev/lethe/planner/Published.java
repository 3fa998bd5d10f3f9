package dev.lethe.planner;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.util.List;
import java.util.Optional;

/** The model stands at its destination: the job is done. */
final class Published {
    private Published() {}

    static Optional<JobDecision> decide(JobSituation s) {
        if (!s.view(StageNode.PUBLISH).succeeded()) {
            return Optional.empty();
        }
        var message = "the model stands at " + s.spec().output().uri();
        return Optional.of(new JobDecision(s, Phase.Succeeded, Reason.Published, message, s.summaries(), List.of()));
    }
}
