package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Reason;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.operator.observation.WorkerState;
import dev.lethe.operator.reconcile.Blocked;
import dev.lethe.operator.reconcile.DependentCreator;
import dev.lethe.operator.workload.AttemptManifest;
import dev.lethe.operator.workload.Labels;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.planner.stage.StageAction;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts, stops and deletes attempts. Each is a Job, created once and never applied again. */
record AttemptJobs(KubernetesClient client, Supplier<WorkerSettings> settings) {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptJobs.class);

    /**
     * Creates the Job of an attempt, or resumes one that we had suspended.
     *
     * @throws Blocked if it cannot be created now
     */
    void start(LetheObject owner, Resource<StageSpec, ?> stage, StageAction.CreateAttempt action, StageCache cache) {
        var known = cache.job(owner, action.attempt().name()).filter(job -> !job.isMarkedForDeletion());
        if (known.isPresent()) {
            resume(known.get(), cache);
            return;
        }
        requireNoEarlierPod(owner, action.attempt(), cache);
        var job = new DependentCreator(client, owner)
                .createOrGet(AttemptManifest.of(stage, action.attempt(), action.file(), settings.get()));
        // One that comes back suspended is so by others, such as Kueue where it manages Jobs that name no queue.
        cache.rememberCreated(job);
    }

    /** Gives running pods a changed certificate authority. If that fails, only their progress is missing. */
    void updateAuthority(List<Pod> pods) {
        var authority = settings.get().progressCa();
        if (authority != null) {
            pods.stream()
                    .filter(pod -> new WorkerState(pod).unfinished())
                    .forEach(pod -> authority.patchFor(pod).ifPresent(patch -> patch(pod, patch)));
        }
    }

    private void patch(Pod pod, String patch) {
        var meta = pod.getMetadata();
        var identity = new PodBuilder()
                .withNewMetadata()
                .withName(meta.getName())
                .withNamespace(meta.getNamespace())
                .endMetadata()
                .build();
        try {
            // By name and namespace alone: the client would otherwise read the pod first, which the operator may not.
            client.resource(identity).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "pod {}/{} is not told of the new authority: {}",
                    meta.getNamespace(),
                    meta.getName(),
                    e.getMessage());
        }
    }

    /** The pod of a deleted Job may outlive it: two pods must never write the same output. */
    private static void requireNoEarlierPod(LetheObject owner, Attempt attempt, StageCache cache) {
        var alive = cache.pods(owner).stream().filter(pod -> new WorkerState(pod).unfinished());
        alive.findFirst().ifPresent(pod -> {
            var name = pod.getMetadata().getName();
            throw new Blocked(
                    attempt.number() > 1 ? Reason.Retrying : Reason.Pending,
                    "waits for the end of pod " + name + " of an earlier attempt");
        });
    }

    /**
     * Stops an attempt; its pod may still write a checkpoint. On suspension the Job is suspended, but one with a queue is
     * deleted, since its queue would resume it. It queues again when the attempt is created anew.
     */
    void stop(LetheObject owner, StageAction.StopAttempt action, StageCache cache) {
        cache.job(owner, action.attempt()).ifPresent(job -> {
            if (action.reason() == Reason.Suspended && !hasQueue(job, cache)) {
                suspend(job, true);
            } else {
                delete(job);
            }
        });
    }

    /** Deletes the Jobs of ended attempts, and their pods with them. */
    void delete(LetheObject owner, List<String> attempts, StageCache cache) {
        attempts.stream()
                .flatMap(name -> cache.job(owner, name).stream())
                .filter(job -> !job.isMarkedForDeletion())
                .forEach(this::delete);
    }

    /**
     * Stops what a worker has left running in its pod, which goes with the Job and its log, once the outcome is on record: a
     * sidecar cannot be stopped from outside in another way.
     *
     * @param open the attempt without an outcome
     */
    void stopOutlived(LetheObject owner, Optional<String> open, StageCache cache) {
        var outlived = cache.pods(owner).stream()
                .filter(pod -> new WorkerState(pod).outlived())
                .flatMap(Ownership::controllers)
                .map(OwnerReference::getName)
                .filter(attempt -> !open.equals(Optional.of(attempt)))
                .toList();
        delete(owner, outlived, cache);
    }

    private void resume(Job job, StageCache cache) {
        if (Boolean.TRUE.equals(job.getSpec().getSuspend()) && !hasQueue(job, cache)) {
            suspend(job, false);
        }
    }

    /** Whether a queue starts and stops it: the one that it names, or Kueue, which may manage those that name none. */
    private static boolean hasQueue(Job job, StageCache cache) {
        var labels = job.getMetadata().getLabels();
        return (labels != null && labels.containsKey(Labels.QUEUE))
                || cache.queue(job).workload().isPresent();
    }

    private void suspend(Job job, boolean suspend) {
        try {
            client.resource(identity(job))
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"suspend\":%s}}".formatted(suspend));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    /** In the foreground: the Job's name stays taken until its pods have ended, so two pods never write the same output. */
    private void delete(Job job) {
        client.resource(identity(job))
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete();
    }

    private static Job identity(Job job) {
        return new JobBuilder()
                .withNewMetadata()
                .withName(job.getMetadata().getName())
                .withNamespace(job.getMetadata().getNamespace())
                .endMetadata()
                .build();
    }
}
