package dev.lethe.operator.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Reads;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.metric.JobGauges;
import dev.lethe.operator.reconcile.Blocked;
import dev.lethe.operator.reconcile.DependentCreator;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.ReconcileResult;
import dev.lethe.operator.reconcile.StatusWriter;
import dev.lethe.planner.JobAction;
import dev.lethe.planner.JobPlanner;
import dev.lethe.planner.Layout;
import dev.lethe.planner.Timings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reconciles a job: observes its stages, plans, carries the plan out and writes the status. */
public final class JobReconciliation {
    private static final ObjectMapper JSON = Documents.mapper();

    private final JobPlanner planner = new JobPlanner(Layout.cluster(), Timings.CLUSTER);
    private final KubernetesClient client;
    private final StatusWriter statusWriter;
    private final JobGauges gauges;
    private final DestinationConflicts conflicts;

    public JobReconciliation(
            KubernetesClient client, EventRecorder recorder, JobGauges gauges, DestinationConflicts conflicts) {
        this.client = client;
        this.statusWriter = new StatusWriter(client, recorder);
        this.gauges = gauges;
        this.conflicts = conflicts;
    }

    /** @param now to the second, as Kubernetes keeps its times */
    public ReconcileResult reconcile(LetheObject object, JobCache cache, Instant now) {
        var job = ClusterDocuments.job(object);
        var unread = cache.unread(object.getMetadata().getNamespace());
        if (unread.isPresent()) {
            var plan = planner.unobserved(job, Reads.cannot(unread.get()), now);
            return statusWriter.write(object, job.status(), plan, plan.requeueAt(), now);
        }
        var stages = cache.stages(object);
        var orphans = cache.orphans(object);
        var seen = stages.stream().map(ClusterDocuments::stage).toList();
        var plan = orphans.isEmpty() || ClusterDocuments.ended(object)
                ? planner.plan(job, seen, now)
                : planner.restored(job, seen, now);
        try {
            if (!plan.status().phase().terminal()) {
                conflicts.check(object);
            }
            plan.actions().forEach(action -> carryOut(object, stages, action, cache));
        } catch (Blocked blocked) {
            plan = planner.blocked(job, plan, blocked.reason(), blocked.message(), now);
        }
        gauges.update(ResourceID.fromResource(object), plan.status());
        var result = statusWriter.write(object, job.status(), plan, plan.requeueAt(), now);
        if (plan.status().phase().terminal()) {
            orphans.stream().filter(ClusterDocuments::ended).forEach(orphan -> adopt(object, orphan));
        }
        return result;
    }

    /** What has ended and is the job's is deleted with it. */
    private void adopt(LetheObject job, LetheObject orphan) {
        var patch = JSON.createObjectNode();
        patch.putObject("metadata").putArray("ownerReferences").add(JSON.valueToTree(job.asController()));
        patch(orphan, patch.toString());
    }

    private void carryOut(LetheObject job, List<LetheObject> stages, JobAction action, JobCache cache) {
        switch (action) {
            case JobAction.CreateStage(var stage) ->
                cache.rememberCreated(
                        new DependentCreator(client, job).createOrGet(ClusterDocuments.create(stage, job)));
            case JobAction.SuspendStage(String name, boolean suspend) -> patch(stages, name, "suspend", suspend);
            case JobAction.UpdateStage(String name, var retry) -> patch(stages, name, "retry", retry);
        }
    }

    /** Changes one field of a stage's spec, if the stage exists. */
    private void patch(List<LetheObject> stages, String name, String field, @Nullable Object value) {
        var patch = JSON.createObjectNode();
        patch.putObject("spec").set(field, JSON.valueToTree(value));
        stages.stream()
                .filter(stage -> stage.getMetadata().getName().equals(name))
                .forEach(stage -> patch(stage, patch.toString()));
    }

    private void patch(LetheObject stage, String patch) {
        try {
            client.resource(ClusterDocuments.identity(stage)).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }
}
