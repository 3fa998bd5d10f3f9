package dev.lethe.planner;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy decides of a job.
 *
 * @param situation as it will be when the actions are done
 * @param stages every stage's line
 */
record JobDecision(
        JobSituation situation,
        Phase phase,
        Reason reason,
        @Nullable String message,
        List<StageSummary> stages,
        List<Action> actions) {

    /** The job fails: what is at work is stopped, what has not begun is skipped. */
    static JobDecision failed(JobSituation s, Reason reason, String message, String whySkipped) {
        return new JobDecision(s, Phase.Failed, reason, message, s.skipRest(whySkipped), s.suspendAll(true));
    }
}
