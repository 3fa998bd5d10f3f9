package dev.lethe.planner;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.recipe.InvalidSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Plans a job: specialists are trained, merged, measured and, when the gates pass, published.
 *
 * @param layout where the stages write
 */
public record PipelinePlanner(Layout layout) {
    /** The first that decides, decides. */
    private static final List<Function<JobSituation, Optional<JobDecision>>> POLICIES = List.of(
            StageFailure::decide,
            Published::decide,
            GatesNotPassed::decide,
            JobOverdue::decide,
            JobHeld::decide,
            Advance::decide);

    /**
     * What is checked and digested before any of the job's stages reads it.
     *
     * @throws InvalidSpec if the job cannot run
     */
    public ModelPreparationSpec preparation(Resource<UnlearningJobSpec, UnlearningJobStatus> job) {
        var situation = JobSituation.of(job, JobStatus.NEW, List.of(), layout, Instant.EPOCH);
        return new StageSpecs(situation).preparation();
    }

    /**
     * The job's next status, and what to do before it is written. A job that has ended plans nothing, whatever is
     * observed.
     *
     * @param stages the job's stage resources that are seen, in any order
     */
    public Plan<UnlearningJobStatus> plan(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages,
            Instant now) {
        var before = job.status() == null ? JobStatus.NEW : job.status();
        if (before.phase() != null && before.phase().terminal()) {
            return new Plan<>(JobStatus.seenAt(before, job.metadata().generation()), List.of());
        }
        try {
            var situation = JobSituation.of(job, before, stages, layout, now);
            var decision = POLICIES.stream()
                    .flatMap(policy -> policy.apply(situation).stream())
                    .findFirst()
                    .orElseThrow();
            return new Plan<>(JobStatus.of(before, decision), decision.actions());
        } catch (InvalidSpec e) {
            return new Plan<>(JobStatus.invalid(job, before, e, now), List.of());
        }
    }
}
