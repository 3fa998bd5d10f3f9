package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.operator.cluster.Reads;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.metric.StageMetrics;
import dev.lethe.operator.reconcile.Blocked;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.OtherReleases;
import dev.lethe.operator.reconcile.ReconcileResult;
import dev.lethe.operator.reconcile.StatusWriter;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.planner.Plan;
import dev.lethe.planner.Timings;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.StageAction;
import dev.lethe.planner.stage.StageFiles;
import dev.lethe.planner.stage.StagePlanner;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Reconciles a stage: observes its open attempt, plans, carries the plan out and writes the status. */
public final class StageReconciliation {
    private static final int UNPROCESSABLE = 422;

    private final StagePlanner planner;
    private final EventLookup events;
    private final AttemptJobs jobs;
    private final StatusWriter statusWriter;
    private final StageMetrics metrics;
    private final DestinationConflicts conflicts;
    private final OtherReleases releases;
    private final Predicate<LetheObject> claimsTerminate;

    /**
     * @param namespaces that are served; all where there is none
     * @param settings as they are now: the certificate authority may change
     * @param claimsTerminate whether a claim that a stage names waits for its last pod to go
     */
    public StageReconciliation(
            KubernetesClient client,
            Set<String> namespaces,
            Supplier<WorkerSettings> settings,
            EventRecorder recorder,
            StageMetrics metrics,
            DestinationConflicts conflicts,
            OtherReleases releases,
            Predicate<LetheObject> claimsTerminate) {
        this.planner = new StagePlanner(
                new StageFiles(Mounts.claims("/claims")),
                Timings.CLUSTER,
                settings.get().retention());
        this.events = new EventLookup(client, namespaces);
        this.jobs = new AttemptJobs(client, settings);
        this.statusWriter = new StatusWriter(client, recorder);
        this.metrics = metrics;
        this.conflicts = conflicts;
        this.releases = releases;
        this.claimsTerminate = claimsTerminate;
    }

    /** @param now to the second, as Kubernetes keeps its times */
    public ReconcileResult reconcile(LetheObject object, StageCache cache, Instant now) {
        var stage = ClusterDocuments.stage(object);
        var unread = cache.unread(object.getMetadata().getNamespace());
        if (unread.isPresent()) {
            var plan = planner.unobserved(stage, Reads.cannot(unread.get()), now);
            return statusWriter.write(object, stage.status(), plan, plan.requeueAt(), now);
        }
        if (Ownership.orphanOf(object).isPresent() && StagePlanner.unrecorded(stage)) {
            return statusWriter.write(object, stage.status(), planner.restored(stage, now), Optional.empty(), now);
        }
        var attempt = AttemptLookup.of(object, stage, cache, events, now);
        attempt.job().ifPresent(job -> {
            jobs.updateAuthority(cache.pods(job));
            releases.look(object, job);
        });
        var plan = planner.plan(stage, attempt.observed(), now);
        var requeueAt = Plan.earlier(plan.requeueAt(), attempt.requeueAt());
        if (plan.status().phase().terminal() && claimsTerminate.test(object)) {
            if (ClusterDocuments.ended(object)) {
                plan = planner.released(stage);
            } else {
                requeueAt = Optional.of(now); // once its end is on record
            }
        }
        try {
            if (!plan.status().phase().terminal()) {
                conflicts.check(object);
            }
            plan = carryOut(object, stage, plan, cache, now);
        } catch (Blocked blocked) {
            plan = planner.blocked(plan, blocked.reason(), blocked.message(), now);
            requeueAt = Plan.earlier(requeueAt, plan.requeueAt());
        }
        var result = statusWriter.write(object, stage.status(), plan, requeueAt, now);
        if (result.written().isPresent()) {
            metrics.changed(stage, plan.status(), attempt.job());
        }
        var recorded = result.written().map(ClusterDocuments::stage).orElse(stage);
        jobs.stopOutlived(object, StagePlanner.openAttempt(recorded), cache);
        return result;
    }

    /** Returns the plan that was carried out, or the one that follows where the API server refuses an attempt for good. */
    private Plan<StageResourceStatus, StageAction> carryOut(
            LetheObject object,
            Resource<StageSpec, StageResourceStatus> stage,
            Plan<StageResourceStatus, StageAction> plan,
            StageCache cache,
            Instant now) {
        for (var action : plan.actions()) {
            switch (action) {
                case StageAction.CreateAttempt create -> {
                    try {
                        jobs.start(object, stage, create, cache);
                    } catch (KubernetesClientException e) {
                        return planner.plan(stage, List.of(refused(create, e)), now);
                    }
                }
                case StageAction.StopAttempt stop -> jobs.stop(object, stop, cache);
                case StageAction.DeleteAttempts(var names) -> jobs.delete(object, names, cache);
            }
        }
        return plan;
    }

    /** A Job that the API server finds invalid stays so, as a spec does not change. */
    private static ObservedAttempt refused(StageAction.CreateAttempt create, KubernetesClientException e) {
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
