package dev.lethe.operator.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.metric.JobGauges;
import dev.lethe.operator.reconcile.Blocked;
import dev.lethe.operator.reconcile.DependentCreator;
import dev.lethe.operator.reconcile.DestinationConflicts;
import dev.lethe.operator.reconcile.ReconcileResult;
import dev.lethe.operator.reconcile.StaleRead;
import dev.lethe.operator.reconcile.StatusWriter;
import dev.lethe.planner.Action;
import dev.lethe.planner.Layout;
import dev.lethe.planner.PipelinePlanner;
import dev.lethe.planner.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at a job once: gather, plan, act, write the status, tell. */
public final class JobReconciliation {
    private static final ObjectMapper JSON = Documents.mapper();
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(20);

    private final PipelinePlanner planner = new PipelinePlanner(Layout.cluster());
    private final KubernetesClient client;
    private final StatusWriter statusWriter;
    private final EventRecorder recorder;
    private final JobGauges gauges;
    private final DestinationConflicts conflicts;

    public JobReconciliation(
            KubernetesClient client, EventRecorder recorder, JobGauges gauges, DestinationConflicts conflicts) {
        this.client = client;
        this.statusWriter = new StatusWriter(client);
        this.recorder = recorder;
        this.gauges = gauges;
        this.conflicts = conflicts;
    }

    /** @param now to the second, as Kubernetes keeps its times */
    public ReconcileResult reconcile(LetheObject object, JobCache cache, Instant now) {
        var job = ClusterDocuments.job(object);
        var stages = cache.stages(object);
        var plan =
                planner.plan(job, stages.stream().map(ClusterDocuments::stage).toList(), now);
        var again = ReconcileResult.earlier(ReconcileResult.wait(plan.actions(), now), atWork(plan.status()));
        var status = plan.status();
        try {
            if (!ended(plan.status())) {
                conflicts.check(object);
            }
            plan.actions().forEach(action -> act(object, stages, action, cache));
        } catch (Blocked blocked) {
            status = blocked.in(status);
            again = ReconcileResult.earlier(again, Optional.of(ReconcileResult.SOON));
        }
        gauges.update(ResourceID.fromResource(object), status);
        var untold = untold(job.status(), plan.actions(), status, now);
        if (untold.isPresent()) {
            return new ReconcileResult(Optional.empty(), ReconcileResult.earlier(again, untold));
        }
        try {
            var written = statusWriter.write(object, job.status(), status);
            if (written.isPresent()) {
                recorder.record(object, job.status(), status);
            }
            return new ReconcileResult(written, again);
        } catch (StaleRead e) {
            return ReconcileResult.stale();
        }
    }

    /** How long the end of a stage, which leads to nothing yet, waits for others: evaluations often end together. */
    private static Optional<Duration> untold(
            @Nullable UnlearningJobStatus before, List<Action> actions, UnlearningJobStatus after, Instant now) {
        if (before == null
                || before.phase() != after.phase()
                || !Conditions.reason(before.conditions()).equals(Conditions.reason(after.conditions()))
                || !actions.stream().allMatch(Action.WaitUntil.class::isInstance)) {
            return Optional.empty();
        }
        var told = before.stages().stream()
                .filter(JobReconciliation::ended)
                .map(StageSummary::name)
                .collect(Collectors.toSet());
        return after.stages().stream()
                .filter(stage -> ended(stage) && !told.contains(stage.name()))
                .map(StageSummary::finished)
                .min(Comparator.naturalOrder())
                .map(end -> Duration.between(now, end.plus(BETWEEN_LOOKS)))
                // A longer wait is one by another leader's clock.
                .filter(wait -> wait.isPositive() && wait.compareTo(BETWEEN_LOOKS) <= 0);
    }

    private static boolean ended(UnlearningJobStatus status) {
        return status.phase() != null && status.phase().terminal();
    }

    private static boolean ended(StageSummary stage) {
        return stage.finished() != null;
    }

    /** A stage's progress makes no job look; a job at work looks now and then. */
    private static Optional<Duration> atWork(UnlearningJobStatus status) {
        return status.phase() == null
                        || status.phase() == Phase.Suspended
                        || status.phase().terminal()
                ? Optional.empty()
                : Optional.of(BETWEEN_LOOKS);
    }

    private void act(LetheObject job, List<LetheObject> stages, Action action, JobCache cache) {
        switch (action) {
            case Action.CreateStage(var stage) ->
                cache.rememberCreated(
                        new DependentCreator(client, job).createOrAdopt(ClusterDocuments.create(stage, job)));
            case Action.SuspendStage(String name, boolean suspend) -> change(stages, name, "suspend", suspend);
            case Action.UpdateStage(String name, var retry) -> change(stages, name, "retry", retry);
            case Action.WaitUntil wait -> {}
            case Action.CreateAttempt _, Action.StopAttempt _, Action.DeleteAttempts _ ->
                throw new IllegalStateException("a job has no attempts of its own");
        }
    }

    /** Changes one field of a stage's spec, if the stage is there. */
    private void change(List<LetheObject> stages, String name, String field, @Nullable Object value) {
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
