package dev.lethe.planner;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.recipe.InvalidSpec;
import dev.lethe.planner.status.Conditions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Plans a job: specialists are trained, merged, measured and, when the gates pass, published.
 *
 * @param layout where the stages write
 */
public record JobPlanner(Layout layout, Timings timings) {
    private static final String RESTORED =
            "found stages of an earlier run, and no status that tells of it, as a backup brings them back: nothing runs"
                    + " again; to run it anew, delete it and apply it again";

    /**
     * The preparation of a job, which checks and digests what the other stages read.
     *
     * @throws InvalidSpec if the job cannot run
     */
    public ModelPreparationSpec preparation(Resource<UnlearningJobSpec, UnlearningJobStatus> job) {
        return new StageSpecs(JobContext.of(job, JobStatus.NEW, List.of(), layout, Instant.EPOCH)).preparation();
    }

    /**
     * Plans a job. For one that has ended there is nothing to do, whatever is observed.
     *
     * @param stages the job's stage resources that are observed, in any order
     */
    public Plan<UnlearningJobStatus, JobAction> plan(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages,
            Instant now) {
        var before = before(job);
        if (before.phase() != null && before.phase().terminal()) {
            var status = JobStatus.observedAt(before, job.metadata().generation());
            return new Plan<>(status, List.of(), Optional.empty(), Optional.empty());
        }
        return decided(job, stages, JobPolicies::decide, now);
    }

    /**
     * The end of a job that finds stages of its own without owner: it came back from a backup, without the status that tells
     * of the run in which it made them.
     */
    public Plan<UnlearningJobStatus, JobAction> restored(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages,
            Instant now) {
        return decided(
                job,
                stages,
                context -> JobDecision.failed(context, Reason.Restored, RESTORED, "nothing runs again"),
                now);
    }

    /**
     * The plan for a job whose stages cannot be observed now: what is not seen is not known to be missing, so nothing is done.
     * One that has not begun says why.
     */
    public Plan<UnlearningJobStatus, JobAction> unobserved(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job, String why, Instant now) {
        var before = before(job);
        var requeueAt = Optional.of(now.plus(Timings.BLOCKED));
        if (before.phase() != null) {
            return new Plan<>(before, List.of(), requeueAt, Optional.empty());
        }
        return decided(
                job,
                List.of(),
                context -> new JobDecision(
                        context, Phase.Pending, Reason.Pending, why, context.summaries(), List.of(), requeueAt),
                now);
    }

    private Plan<UnlearningJobStatus, JobAction> decided(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages,
            Function<JobContext, JobDecision> policies,
            Instant now) {
        var before = before(job);
        try {
            var decision = policies.apply(JobContext.of(job, before, stages, layout, now));
            return plan(before, JobStatus.of(before, decision), decision.actions(), decision.requeueAt(), now);
        } catch (InvalidSpec e) {
            return plan(before, JobStatus.invalid(job, before, e, now), List.of(), Optional.empty(), now);
        }
    }

    /** The plan for a job whose plan cannot be carried out now: its status says why, and it is soon tried again. */
    public Plan<UnlearningJobStatus, JobAction> blocked(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            Plan<UnlearningJobStatus, JobAction> plan,
            Reason reason,
            String message,
            Instant now) {
        var status = JobStatus.blocked(plan.status(), reason, message);
        var requeueAt = Plan.earlier(plan.requeueAt(), Optional.of(now.plus(Timings.BLOCKED)));
        return plan(before(job), status, plan.actions(), requeueAt, now);
    }

    private static UnlearningJobStatus before(Resource<UnlearningJobSpec, UnlearningJobStatus> job) {
        return Objects.requireNonNullElse(job.status(), JobStatus.NEW);
    }

    private Plan<UnlearningJobStatus, JobAction> plan(
            UnlearningJobStatus before,
            UnlearningJobStatus after,
            List<JobAction> actions,
            Optional<Instant> requeueAt,
            Instant now) {
        var active = after.phase() != Phase.Suspended && !after.phase().terminal();
        var next = active ? Optional.of(now.plus(timings.activeJob())) : Optional.<Instant>empty();
        var deferUntil = actions.isEmpty() ? deferUntil(before, after, now) : Optional.<Instant>empty();
        return new Plan<>(after, actions, Plan.earlier(requeueAt, next), deferUntil);
    }

    /** A status waits for others while nothing but the end of a stage is new: evaluations often end together. */
    private Optional<Instant> deferUntil(UnlearningJobStatus before, UnlearningJobStatus after, Instant now) {
        if (before.phase() != after.phase()
                || !Conditions.reason(before.conditions()).equals(Conditions.reason(after.conditions()))) {
            return Optional.empty();
        }
        var written = before.stages().stream()
                .filter(stage -> stage.finished() != null)
                .map(StageSummary::name)
                .collect(Collectors.toSet());
        return after.stages().stream()
                .filter(stage -> !written.contains(stage.name()))
                .map(StageSummary::finished)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .map(end -> end.plus(timings.stageEnd()))
                // A longer wait would be one by another leader's clock.
                .filter(time -> time.isAfter(now) && !time.isAfter(now.plus(timings.stageEnd())));
    }
}
