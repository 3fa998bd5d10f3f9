package dev.lethe.cli.run;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.cli.manifest.JobChange;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.planner.JobAction;
import dev.lethe.planner.JobPlanner;
import dev.lethe.planner.Layout;
import dev.lethe.planner.Plan;
import dev.lethe.planner.StageUpdate;
import dev.lethe.planner.Timings;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.planner.stage.StageAction;
import dev.lethe.planner.stage.StageFiles;
import dev.lethe.planner.stage.StagePlanner;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A whole job on this machine. The operator's own planners decide; what they ask for is done in this process, and every
 * step is in the work directory before the next one is taken. So a run that is interrupted anywhere continues from
 * there.
 */
public final class LocalRun implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final RunLock lock;
    private final EventLog events;
    private final RunState state;
    private final Workdir workdir;
    private final JobPlanner planner;

    private LocalRun(RunLock lock, EventLog events, Workdir workdir) {
        this.lock = lock;
        this.events = events;
        this.state = new RunState(workdir);
        this.workdir = workdir;
        this.planner = new JobPlanner(Layout.local(workdir.root()), Timings.LOCAL);
    }

    /**
     * Takes the work directory for this process.
     *
     * @throws dev.lethe.merge.InvalidInput where another process has it, or it cannot be written
     */
    public static LocalRun open(Workdir workdir) throws IOException {
        RunLock lock = RunLock.take(workdir.lock());
        return new LocalRun(lock, EventLog.open(workdir.events()), workdir);
    }

    /** Whether no run has begun here yet. */
    public boolean isNew() {
        return state.job().isEmpty();
    }

    /**
     * Carries the job out, from wherever an earlier run left it.
     *
     * @param manifest the job with absolute URIs
     * @param sources what it reads from elsewhere, fetched
     * @param jobs attempts at work at once
     * @return the job with its last status: terminal, or suspended
     * @throws Stopped where the stop signal came first; the same run continues
     */
    public Resource<UnlearningJobSpec, UnlearningJobStatus> run(
            Resource<UnlearningJobSpec, UnlearningJobStatus> manifest,
            FetchedSources sources,
            int jobs,
            ProgressView view,
            StopSignal stop) {
        FileDigests digests = new FileDigests();
        Mounts mounts = sources.mounts();
        Resource<UnlearningJobSpec, UnlearningJobStatus> job =
                Documents.job(workdir.job().toString(), sources.pinned(manifest));
        ChangedInputs.refuse(planner.preparation(job).withUris(mounts::path), state.stages(), digests);
        sources.save(workdir);
        StagePlanner stages = new StagePlanner(new StageFiles(mounts), Timings.LOCAL, null);
        state.saveJob(state.job()
                .map(begun -> JobChange.take(begun, job, workdir.job()))
                .orElse(job));
        events.append("run-started", null, null, "process " + lock.process());
        state.reopen().forEach(stage -> record("stage-reopened", stage));
        try (Attempts attempts = new Attempts(workdir, events, view, jobs, digests);
                RunLock _ =
                        RunLock.ofDestination(FileUris.path(job.spec().output().uri()))) {
            stop.onRequest(attempts::changed);
            return runToEnd(stages, attempts, stop);
        } catch (Stopped stopped) {
            events.append("run-interrupted", null, null, null);
            throw stopped;
        }
    }

    @Override
    public void close() throws IOException {
        events.close();
        lock.close();
    }

    private Resource<UnlearningJobSpec, UnlearningJobStatus> runToEnd(
            StagePlanner stages, Attempts attempts, StopSignal stop) {
        while (true) {
            Duration wait = reconcile(stages, attempts);
            Resource<UnlearningJobSpec, UnlearningJobStatus> job = state.begunJob();
            Phase phase =
                    Objects.requireNonNull(Objects.requireNonNull(job.status()).phase());
            if (phase.terminal() || (phase == Phase.Suspended && attempts.idle())) {
                events.append("run-ended", null, null, phase.name());
                return job;
            }
            stop.check();
            attempts.awaitChange(wait);
        }
    }

    /** Observes, plans and acts once: the job, then each of its stages. Returns how long nothing needs to be done. */
    private Duration reconcile(StagePlanner stages, Attempts attempts) {
        Instant now = Instant.now();
        Resource<UnlearningJobSpec, UnlearningJobStatus> job = state.begunJob();
        Plan<UnlearningJobStatus, JobAction> plan = planner.plan(job, state.stages(), now);
        plan.actions().forEach(action -> act(action, attempts));
        state.saveJob(job.withStatus(plan.status()));
        Optional<Instant> next = plan.requeueAt();

        for (Resource<StageSpec, StageResourceStatus> stage : state.stages()) {
            next = Plan.earlier(next, reconcile(stage, stages, attempts, now));
        }
        return next.filter(time -> !time.isAfter(now.plus(PAUSE)))
                .map(time -> Duration.between(now, time))
                .orElse(PAUSE);
    }

    private Optional<Instant> reconcile(
            Resource<StageSpec, StageResourceStatus> stage, StagePlanner stages, Attempts attempts, Instant now) {
        String name = RunState.shortName(stage);
        Plan<StageResourceStatus, StageAction> plan = stages.plan(stage, attempts.observe(name), now);
        plan.actions().forEach(action -> act(action, attempts));
        state.saveStage(stage.withStatus(plan.status()));
        Phase before = stage.status() == null ? null : stage.status().phase();
        Phase after = plan.status().phase();
        if (after != before && after != null && after.terminal()) {
            record("stage-" + after.name().toLowerCase(Locale.ROOT), name);
            attempts.changed(); // the job may go on at once
        }
        return plan.requeueAt();
    }

    private void act(JobAction action, Attempts attempts) {
        switch (action) {
            case JobAction.CreateStage(var stage) -> create(stage, attempts);
            case JobAction.SuspendStage suspend ->
                state.updateStage(suspend.stage(), stage -> StageUpdate.of(stage, suspend));
            case JobAction.UpdateStage update ->
                state.updateStage(update.stage(), stage -> StageUpdate.of(stage, update));
        }
    }

    private void act(StageAction action, Attempts attempts) {
        switch (action) {
            case StageAction.CreateAttempt(var attempt, var file) -> attempts.start(state.folder(file.name()), file);
            case StageAction.StopAttempt(String attempt, var reason) -> attempts.stop(attempt);
            case StageAction.DeleteAttempts nothing -> {} // a local run has neither Jobs nor pods
        }
    }

    private void create(Resource<? extends StageSpec, StageResourceStatus> stage, Attempts attempts) {
        if (!state.hasStage(stage)) {
            state.saveStage(stage.withUid(UUID.randomUUID().toString()));
            record("stage-created", RunState.shortName(stage));
        }
        attempts.changed();
    }

    private void record(String event, String stage) {
        events.append(event, stage, null, null);
        FailPoint.reached(stage, event);
    }
}
