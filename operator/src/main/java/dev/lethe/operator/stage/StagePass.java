package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.event.Announcer;
import dev.lethe.operator.metric.StageMetrics;
import dev.lethe.operator.pass.Blocked;
import dev.lethe.operator.pass.Pass;
import dev.lethe.operator.pass.StaleRead;
import dev.lethe.operator.pass.StatusWriter;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.pipeline.Action;
import dev.lethe.pipeline.Plan;
import dev.lethe.pipeline.stage.Backoff;
import dev.lethe.pipeline.stage.Mounts;
import dev.lethe.pipeline.stage.ObservedAttempt;
import dev.lethe.pipeline.stage.StageFiles;
import dev.lethe.pipeline.stage.StagePlanner;
import dev.lethe.pipeline.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a stage once: gather, plan, act, write the status, tell. */
public final class StagePass {
    private static final int UNPROCESSABLE = 422;

    /** A first attempt runs by then, or it is said that it waits: what is over in a moment is not worth a write. */
    private static final Duration FIRST_WORDS = Duration.ofSeconds(10);

    private final StagePlanner planner = new StagePlanner(new StageFiles(Mounts.claims("/claims")), Backoff.CLUSTER);
    private final KubernetesClient client;
    private final AttemptJobs jobs;
    private final StatusWriter statuses;
    private final Announcer announcer;
    private final StageMetrics metrics;

    public StagePass(KubernetesClient client, WorkerSettings settings, Announcer announcer, StageMetrics metrics) {
        this.client = client;
        this.jobs = new AttemptJobs(client, settings);
        this.statuses = new StatusWriter(client);
        this.announcer = announcer;
        this.metrics = metrics;
    }

    /** @param now to the second, as Kubernetes keeps its times */
    public Pass run(LetheObject object, StageCache cache, Instant now) {
        var stage = ClusterDocuments.stage(object);
        var sighting = Sighting.of(object, stage, cache, client, now);
        var plan = planner.plan(stage, sighting.observed(), now);
        var again = Pass.earlier(Pass.wait(plan.actions(), now), sighting.again());
        var status = plan.status();
        try {
            status = act(object, stage, plan, cache, now);
        } catch (Blocked blocked) {
            status = blocked.in(status);
            again = Pass.earlier(again, Optional.of(Pass.SOON));
        }
        if (justBegun(stage.status(), status)) {
            var rest = sighting.job()
                    .map(job -> Duration.between(now, Sighting.created(job).plus(FIRST_WORDS)))
                    .orElse(FIRST_WORDS);
            if (rest.isPositive()) {
                return new Pass(Optional.empty(), Pass.earlier(again, Optional.of(rest)));
            }
        }
        try {
            var written = statuses.write(object, stage.status(), status);
            if (written.isPresent()) {
                announcer.tell(object, stage.status(), status);
                metrics.changed(stage, status, sighting.job());
            }
            return new Pass(written, again);
        } catch (StaleRead e) {
            return Pass.stale();
        }
    }

    /** Whether there is nothing to say but that a first attempt was created. */
    private static boolean justBegun(@Nullable StageResourceStatus before, StageResourceStatus after) {
        return (before == null || before.attempts().isEmpty())
                && after.phase() == Phase.Pending
                && Conditions.find(after.conditions(), Conditions.READY)
                        .filter(ready -> ready.reason() == Reason.Pending && ready.message() == null)
                        .isPresent();
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
                null,
                null);
    }
}
