package dev.lethe.planner;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.Round;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageSummary;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.status.ActiveTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The policies of a job, in the order in which they are asked: the first that decides, decides. */
final class JobPolicies {
    private static final List<Function<JobContext, Optional<JobDecision>>> CHAIN = List.of(
            JobPolicies::stageFailed,
            JobPolicies::published,
            JobPolicies::gatesNotPassed,
            JobPolicies::deadlineExceeded,
            JobPolicies::suspended,
            JobPolicies::createReadyStages);

    /** What a stage may say while it needs nothing from outside the job. */
    private static final Set<Reason> USUAL =
            Set.of(Reason.Pending, Reason.Progressing, Reason.Retrying, Reason.Suspended);

    private JobPolicies() {}

    static JobDecision decide(JobContext job) {
        return CHAIN.stream()
                .flatMap(policy -> policy.apply(job).stream())
                .findFirst()
                .orElseThrow();
    }

    /** A stage failed, so the job fails. */
    private static Optional<JobDecision> stageFailed(JobContext job) {
        return job.views().values().stream()
                .filter(view -> view.summary().phase() == Phase.Failed)
                .findFirst()
                .map(failed -> {
                    var summary = failed.summary();
                    var why = summary.message() == null ? summary.reason().name() : summary.message();
                    return JobDecision.failed(
                            job,
                            Reason.StageFailed,
                            failed.name() + ": " + why,
                            "not needed any more, as " + failed.name() + " failed");
                });
    }

    /** The model stands at its destination, so the job is done. */
    private static Optional<JobDecision> published(JobContext job) {
        if (!job.view(StageNode.PUBLISH).succeeded()) {
            return Optional.empty();
        }
        var message = "the model stands at " + job.resolved().output().uri();
        return Optional.of(new JobDecision(
                job, Phase.Succeeded, Reason.Published, message, job.summaries(), List.of(), Optional.empty()));
    }

    /** Everything is measured, and the gates do not allow publication. */
    private static Optional<JobDecision> gatesNotPassed(JobContext job) {
        return job.gateResults().flatMap(results -> Gates.refusal(results)
                .map(reason -> JobDecision.failed(
                        job,
                        reason,
                        after(job.round()) + Gates.explain(results),
                        "nothing is published, as the verdict is " + Gates.verdict(results))));
    }

    /** The job was active, which is not to say that anything ran, for as long as {@code activeDeadlineSeconds} allows. */
    private static Optional<JobDecision> deadlineExceeded(JobContext job) {
        var limit = job.resolved().execution().activeDeadlineSeconds();
        if (!job.time().exceeds(limit, job.now())) {
            return Optional.empty();
        }
        var time = ActiveTime.spent(limit, everRan(job));
        var message = job.activeStages().isEmpty() ? time : time + "; last: " + activeStages(job);
        return Optional.of(JobDecision.failed(job, Reason.DeadlineExceeded, message, "stopped at the job's deadline"));
    }

    /** {@code spec.suspend} is true: active stages are suspended, and no other is created. */
    private static Optional<JobDecision> suspended(JobContext job) {
        return Optional.of(job)
                .filter(JobContext::suspended)
                .map(it -> new JobDecision(
                        it,
                        Phase.Suspended,
                        Reason.Suspended,
                        null,
                        it.summaries(),
                        it.suspendAll(true),
                        Optional.empty()));
    }

    /** Creates every stage whose needs are met. */
    private static Optional<JobDecision> createReadyStages(JobContext job) {
        var actions = new ArrayList<JobAction>(job.suspendAll(false));
        actions.addAll(job.updateAll());
        var specs = new StageSpecs(job);
        job.views().values().stream()
                .filter(job::readyToCreate)
                .map(view -> new JobAction.CreateStage(specs.resource(view.node())))
                .forEach(actions::add);
        var after = job.withReadyStagesCreated();
        return Optional.of(new JobDecision(
                after,
                phase(after),
                reason(after),
                message(after),
                after.summaries(),
                actions,
                job.time().deadline(job.resolved().execution().activeDeadlineSeconds())));
    }

    private static Phase phase(JobContext job) {
        if (job.queued()) {
            return Phase.Queued;
        }
        // A job that is only prepared has not begun with what it is for.
        var begun = job.views().values().stream()
                .anyMatch(view -> view.summary().phase() == Phase.Running
                        || (view.summary().phase().terminal() && view.node().kind() != Kind.ModelPreparation));
        return begun ? Phase.Running : Phase.Pending;
    }

    /** Where nothing runs: the reason of the first stage that waits for something outside the job. */
    private static Reason reason(JobContext job) {
        var summaries = job.activeStages().stream().map(StageView::summary).toList();
        return summaries.stream().anyMatch(it -> it.phase() == Phase.Running)
                ? Reason.Progressing
                : summaries.stream()
                        .map(StageSummary::reason)
                        .filter(it -> !USUAL.contains(it))
                        .findFirst()
                        .orElse(Reason.Progressing);
    }

    private static String after(Round round) {
        return round.equals(Round.FIRST) ? "" : "after %d rounds: ".formatted(round.number());
    }

    /**
     * The active stages with their messages, as people ask first why something does not run; before them, what made a further
     * round necessary.
     */
    private static String message(JobContext job) {
        var round = job.refusal()
                .map(results -> "round %d of %d (%s), "
                        .formatted(job.round().number(), job.resolved().rounds(), Gates.explain(results)))
                .orElse("");
        return round + "at work: " + activeStages(job);
    }

    private static String activeStages(JobContext job) {
        return job.activeStages().stream()
                .map(view -> view.summary().message() == null
                        ? view.name()
                        : view.name() + " (" + view.summary().message() + ")")
                .collect(Collectors.joining(", "));
    }

    /** Whether a worker of any stage has ever begun, as far as the job sees it. */
    private static boolean everRan(JobContext job) {
        return job.views().values().stream()
                .map(StageView::summary)
                .anyMatch(it -> it.phase() == Phase.Running || it.phase() == Phase.Succeeded || it.attempt() > 1);
    }
}
