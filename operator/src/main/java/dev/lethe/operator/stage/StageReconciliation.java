package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.metric.StageMetrics;
import dev.lethe.operator.reconcile.Blocked;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.ReconcileResult;
import dev.lethe.operator.reconcile.StaleRead;
import dev.lethe.operator.reconcile.StatusWriter;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.planner.Action;
import dev.lethe.planner.Plan;
import dev.lethe.planner.stage.Backoff;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.StageFiles;
import dev.lethe.planner.stage.StagePlanner;
import dev.lethe.planner.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at a stage once: gather, plan, act, write the status, tell. */
public final class StageReconciliation {
    private static final int UNPROCESSABLE = 422;

    /** A first attempt that waits that long is told of, whether or not anything is known to be in its way. */
    private static final Duration WAITS = Duration.ofMinutes(5);

    /** A first attempt that runs that long, and has reported nothing, is told of: a stage that soon ends is one write. */
    private static final Duration RUNS = Duration.ofMinutes(1);

    private final StagePlanner planner;
    private final EventLookup lookup;
    private final AttemptJobs jobs;
    private final StatusWriter statusWriter;
    private final EventRecorder recorder;
    private final StageMetrics metrics;
    private final DestinationConflicts conflicts;

    /** @param settings as they are now: the certificate authority may change */
    public StageReconciliation(
            KubernetesClient client,
            Supplier<WorkerSettings> settings,
            EventRecorder recorder,
            StageMetrics metrics,
            DestinationConflicts conflicts) {
        this.planner = new StagePlanner(
                new StageFiles(Mounts.claims("/claims")),
                Backoff.CLUSTER,
                settings.get().retention());
        this.lookup = new EventLookup(client);
        this.jobs = new AttemptJobs(client, settings);
        this.statusWriter = new StatusWriter(client);
        this.recorder = recorder;
        this.metrics = metrics;
        this.conflicts = conflicts;
    }

    /** @param now to the second, as Kubernetes keeps its times */
    public ReconcileResult reconcile(LetheObject object, StageCache cache, Instant now) {
        var stage = ClusterDocuments.stage(object);
        var sighting = AttemptLookup.of(object, stage, cache, lookup, now);
        sighting.job().ifPresent(job -> jobs.updateAuthority(cache.pods(job)));
        var plan = planner.plan(stage, sighting.observed(), now);
        var again = ReconcileResult.earlier(ReconcileResult.wait(plan.actions(), now), sighting.again());
        var status = plan.status();
        try {
            if (status.phase() == null || !status.phase().terminal()) {
                conflicts.check(object);
            }
            status = act(object, stage, plan, cache, now);
        } catch (Blocked blocked) {
            status = blocked.in(status);
            again = ReconcileResult.earlier(again, Optional.of(ReconcileResult.SOON));
        }
        // What a deadline counts from must be on record.
        var untold = stage.spec().activeDeadlineSeconds() == null
                ? untold(stage.status(), status, sighting, now)
                : Optional.<Duration>empty();
        if (untold.isPresent()) {
            return new ReconcileResult(Optional.empty(), ReconcileResult.earlier(again, untold));
        }
        try {
            var written = statusWriter.write(object, stage.status(), status);
            if (written.isPresent()) {
                recorder.record(object, stage.status(), status);
                metrics.changed(stage, status, sighting.job());
            }
            return new ReconcileResult(written, again);
        } catch (StaleRead e) {
            return ReconcileResult.stale();
        }
    }

    /** How long there is nothing to say yet but that a first attempt was created, or has just begun. */
    private static Optional<Duration> untold(
            @Nullable StageResourceStatus before, StageResourceStatus after, AttemptLookup sighting, Instant now) {
        var ready = Conditions.find(after.conditions(), Conditions.READY).orElseThrow();
        var begins = before == null || before.attempts().isEmpty();
        var waited = !begins && Conditions.reason(before.conditions()).equals(Optional.of(Reason.Pending));
        Optional<Instant> words = Optional.empty();
        if (begins && ready.reason() == Reason.Pending && ready.message() == null) {
            words = Optional.of(
                    sighting.job().map(AttemptLookup::created).orElse(now).plus(WAITS));
        } else if ((begins || waited) && ready.reason() == Reason.Progressing && after.progress() == null) {
            words = sighting.job().map(AttemptLookup::began).map(began -> began.plus(RUNS));
        }
        return words.map(time -> Duration.between(now, time)).filter(Duration::isPositive);
    }

    /** Does what is planned, and says what the status is then: the planned one, unless an attempt was refused for good. */
    private StageResourceStatus act(
            LetheObject object,
            Resource<StageSpec, StageResourceStatus> stage,
            Plan<StageResourceStatus> plan,
            StageCache cache,
            Instant now) {
        for (var action : plan.actions()) {
            switch (action) {
                case Action.CreateAttempt create -> {
                    try {
                        jobs.start(object, stage, create, cache);
                    } catch (KubernetesClientException e) {
                        return planner.plan(stage, List.of(refused(create, e)), now)
                                .status();
                    }
                }
                case Action.StopAttempt stop -> jobs.stop(object, stop, cache);
                case Action.DeleteAttempts(var names) -> jobs.delete(object, names, cache);
                case Action.WaitUntil wait -> {}
                case Action.CreateStage _, Action.SuspendStage _, Action.UpdateStage _ ->
                    throw new IllegalStateException("a stage has no stages");
            }
        }
        return plan.status();
    }

    /** A Job that the API server finds invalid will not be valid the next time: specs do not change. */
    private static ObservedAttempt refused(Action.CreateAttempt create, KubernetesClientException e) {
        if (e.getCode() != UNPROCESSABLE || e.getStatus() == null) {
            throw e;
        }
        return new ObservedAttempt(
                create.attempt().name(),
                ObservedAttempt.State.Failed,
                ExitCode.INVALID_INPUT.code(),
                Reason.InvalidInput,
                "the API server refuses it: " + e.getStatus().getMessage(),
                null,
                null,
                null);
    }
}
