package dev.lethe.operator;

import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.job.JobReconciliation;
import dev.lethe.operator.metric.JobGauges;
import dev.lethe.operator.metric.StageMetrics;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.OtherReleases;
import dev.lethe.operator.stage.StageReconciliation;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.planner.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Reconciles everything, round by round, as the operator framework would. A test says how much time passes. */
final class Rounds {
    private static final int ENOUGH = 200;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    WorkerSettings workers = Samples.WORKERS;
    boolean claimsTerminate;
    private final OtherReleases releases;
    private final FakeCluster cluster;

    Rounds(FakeCluster cluster) {
        this.cluster = cluster;
        var past = Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));
        releases = new OtherReleases("ours", new EventRecorder(cluster.client, past), meters);
    }

    void timePasses(Duration time) {
        cluster.now = cluster.now.plus(time);
    }

    /** Reconciles each object once; a dead operator is replaced. */
    void round() {
        try {
            cluster.operatorActs(() -> {
                cluster.allJobs().forEach(this::reconcile);
                cluster.allStages().forEach(this::reconcile);
            });
        } catch (KubernetesClientException e) {
            if (!cluster.dead()) {
                throw e;
            }
            cluster.restart();
        }
    }

    /** Reconciles an object as it was read. */
    void reconcile(LetheObject object) {
        var recorder = new EventRecorder(cluster.client, Clock.systemUTC());
        if (object instanceof LetheObject.UnlearningJob) {
            new JobReconciliation(
                            cluster.client,
                            recorder,
                            new JobGauges(new SimpleMeterRegistry()),
                            new DestinationConflicts())
                    .reconcile(object, cluster, cluster.now);
        } else {
            new StageReconciliation(
                            cluster.client,
                            Set.of(),
                            () -> workers,
                            recorder,
                            new StageMetrics(meters),
                            new DestinationConflicts(),
                            releases,
                            stage -> claimsTerminate)
                    .reconcile(object, cluster, cluster.now);
        }
    }

    /** Rounds until nothing moves any more. */
    void untilRest(BooleanSupplier workersMove) {
        for (var round = 0; round < ENOUGH; round++) {
            var writes = cluster.writes.size();
            round();
            var rest = cluster.writes.size() == writes;
            if (!workersMove.getAsBoolean() && rest) {
                return;
            }
            timePasses(Duration.ofMinutes(1));
        }
        throw new AssertionError("no rest after " + ENOUGH + " rounds");
    }

    UnlearningJobStatus job(LetheObject job) {
        return ClusterDocuments.job(cluster.client.resource(job).get()).status();
    }

    /** Null where nothing has been written. */
    StageResourceStatus stage(LetheObject stage) {
        return ClusterDocuments.stage(cluster.client.resource(stage).get()).status();
    }

    Reason reason(LetheObject stage) {
        return Conditions.reason(stage(stage).conditions()).orElseThrow();
    }

    void suspend(LetheObject stage, boolean suspend) {
        cluster.client
                .resource(ClusterDocuments.identity(stage))
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"suspend\":%s}}".formatted(suspend));
    }
}
