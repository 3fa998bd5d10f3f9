package dev.lethe.planner;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a policy decides about a job.
 *
 * @param context as it is once the actions are done
 * @param stages the summaries of all stages
 */
record JobDecision(
        JobContext context,
        Phase phase,
        Reason reason,
        @Nullable String message,
        List<StageSummary> stages,
        List<JobAction> actions,
        Optional<Instant> requeueAt) {

    /** The job fails: active stages are stopped, and those that have not begun are skipped. */
    static JobDecision failed(JobContext job, Reason reason, String message, String whySkipped) {
        return new JobDecision(
                job, Phase.Failed, reason, message, job.skipRest(whySkipped), job.suspendAll(true), Optional.empty());
    }
}
