package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.observation.AttemptObservation;
import dev.lethe.planner.Timings;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.StagePlanner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks up a stage's open attempt.
 *
 * @param attempt empty where no attempt is open, or its Job does not exist
 * @param requeueAt when to look again, where no informer will notice the change
 */
record AttemptLookup(Optional<ObservedAttempt> attempt, Optional<Job> job, Optional<Instant> requeueAt) {
    private static final AttemptLookup NOTHING =
            new AttemptLookup(Optional.empty(), Optional.empty(), Optional.empty());

    static AttemptLookup of(
            LetheObject object,
            Resource<StageSpec, StageResourceStatus> stage,
            StageCache cache,
            EventLookup lookup,
            Instant now) {
        return StagePlanner.openAttempt(stage)
                .flatMap(name -> cache.job(object, name))
                .map(job -> of(job, cache, lookup, now))
                .orElse(NOTHING);
    }

    /** Only events say why a Job has no pod, or a pod no volume: they are looked up after such a state has lasted. */
    private static AttemptLookup of(Job job, StageCache cache, EventLookup lookup, Instant now) {
        var pods = cache.pods(job);
        var unexplained = unexplained(job, pods);
        var due = unexplained.filter(
                object -> !now.isBefore(AttemptObservation.created(object).plus(Timings.EVENTS_AFTER)));
        var events = due.map(object -> lookup.about(object, now)).orElse(List.of());
        return new AttemptLookup(
                Optional.of(AttemptObservation.of(job, pods, events, cache.queue(job))),
                Optional.of(job),
                unexplained.map(it -> now.plus(events.isEmpty() ? Timings.EVENTS_AFTER : Timings.EVENTS_EVERY)));
    }

    /** The Job that has no pod, or the pod that has not begun on its node. */
    private static Optional<HasMetadata> unexplained(Job job, List<Pod> pods) {
        if (pods.isEmpty()) {
            return Optional.<HasMetadata>of(job).filter(it -> expectsPod(job));
        }
        return pods.stream()
                .filter(AttemptLookup::beingCreated)
                .<HasMetadata>map(pod -> pod)
                .findFirst();
    }

    private static boolean expectsPod(Job job) {
        var ended = job.getStatus() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(c -> "True".equals(c.getStatus())
                                && (c.getType().equals("Complete")
                                        || c.getType().equals("Failed")));
        return !ended
                && !job.isMarkedForDeletion()
                && !Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    /** Whether a pod has a node, but its container is only being created. */
    private static boolean beingCreated(Pod pod) {
        var status = pod.getStatus();
        return status != null
                && "Pending".equals(status.getPhase())
                && pod.getSpec().getNodeName() != null
                && status.getContainerStatuses().stream()
                        .map(container -> container.getState().getWaiting())
                        .allMatch(waiting -> waiting != null && "ContainerCreating".equals(waiting.getReason()));
    }

    List<ObservedAttempt> observed() {
        return attempt.stream().toList();
    }
}
