package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Reason;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.observation.WorkerState;
import dev.lethe.operator.pass.Blocked;
import dev.lethe.operator.pass.Creation;
import dev.lethe.operator.workload.AttemptManifest;
import dev.lethe.operator.workload.Labels;
import dev.lethe.operator.workload.WorkerSettings;
import dev.lethe.planner.Action;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops attempts: a Job each, created once and never applied again. */
record AttemptJobs(KubernetesClient client, Supplier<WorkerSettings> settings) {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptJobs.class);

    /**
     * Creates what an attempt needs and is not there, and lets a Job that we had suspended go on.
     *
     * @throws Blocked if it cannot be
     */
    void start(LetheObject owner, Resource<StageSpec, ?> stage, Action.CreateAttempt action, StageCache cache) {
        var known = cache.job(owner, action.attempt().name()).filter(job -> !job.isMarkedForDeletion());
        if (known.isPresent()) {
            goOn(known.get());
            return;
        }
        awaitEarlier(owner, action.attempt(), cache);
        var job = new Creation(client, owner)
                .create(AttemptManifest.of(stage, action.attempt(), action.file(), settings.get()));
        cache.created(job);
        goOn(job);
    }

    /** Tells pods at work of a certificate authority that has changed since; without it their progress alone is missing. */
    void tellAuthority(List<Pod> pods) {
        var authority = settings.get().progressCa();
        if (authority != null) {
            pods.stream()
                    .filter(pod -> new WorkerState(pod).unfinished())
                    .forEach(pod -> authority.newsFor(pod).ifPresent(news -> patch(pod, news)));
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
            // By its identity alone: the client would else read the pod first, which the operator may not.
            client.resource(identity).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "pod {}/{} is not told of the new authority: {}",
                    meta.getNamespace(),
                    meta.getName(),
                    e.getMessage());
        }
    }

    /** Whoever deletes a Job leaves its pod a while: no two ever write one output. */
    private static void awaitEarlier(LetheObject owner, Attempt attempt, StageCache cache) {
        var alive = cache.pods(owner).stream().filter(pod -> new WorkerState(pod).unfinished());
        alive.findFirst().ifPresent(pod -> {
            var name = pod.getMetadata().getName();
            throw new Blocked(
                    attempt.number() > 1 ? Reason.Retrying : Reason.Pending,
                    "waits for the end of pod " + name + " of an earlier attempt");
        });
    }

    /**
     * Stops an attempt, its pod with a chance to write a checkpoint. A suspended Job waits to go on. One in a queue is
     * deleted: its queue would start it again, and it does so in its turn when the same attempt is created anew.
     */
    void stop(LetheObject owner, Action.StopAttempt action, StageCache cache) {
        cache.job(owner, action.attempt()).ifPresent(job -> {
            if (action.reason() == Reason.Suspended && !queued(job)) {
                suspend(job, true);
            } else {
                delete(job);
            }
        });
    }

    /** Deletes the Jobs of attempts that are over, where they are still there, and their pods with them. */
    void delete(LetheObject owner, List<String> attempts, StageCache cache) {
        attempts.stream()
                .flatMap(name -> cache.job(owner, name).stream())
                .filter(job -> !job.isMarkedForDeletion())
                .forEach(this::delete);
    }

    private void goOn(Job job) {
        if (Boolean.TRUE.equals(job.getSpec().getSuspend()) && !queued(job)) {
            suspend(job, false);
        }
    }

    private static boolean queued(Job job) {
        var labels = job.getMetadata().getLabels();
        return labels != null && labels.containsKey(Labels.QUEUE);
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

    /** In the foreground: the Job's name is taken until its pods have ended, so no two ever write one output. */
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
