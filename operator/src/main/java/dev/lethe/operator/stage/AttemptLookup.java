package dev.lethe.operator.stage;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.observation.AttemptObservation;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.StagePlanner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is seen of a stage's open attempt.
 *
 * @param attempt empty where there is no open attempt, or no Job of it
 * @param again when to look again, where nothing that is watched will tell of a change
 */
record AttemptLookup(Optional<ObservedAttempt> attempt, Optional<Job> job, Optional<Duration> again) {
    private static final AttemptLookup NOTHING =
            new AttemptLookup(Optional.empty(), Optional.empty(), Optional.empty());

    /** By then a Job has a pod, and a pod that has a node has its volumes, unless something is in the way. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

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

    /** Why a Job has no pod, or a pod no volume, stands in events alone: they are asked for when there is such a riddle. */
    private static AttemptLookup of(Job job, StageCache cache, EventLookup lookup, Instant now) {
        var pods = cache.pods(job);
        var riddle = riddle(job, pods);
        var due = riddle.filter(object -> !now.isBefore(created(object).plus(PATIENCE)));
        var events = due.map(object -> lookup.about(object, now)).orElse(List.of());
        var workload = cache.workload(job).orElse(null);
        return new AttemptLookup(
                Optional.of(AttemptObservation.of(job, pods, events, workload)),
                Optional.of(job),
                riddle.map(object -> due.isPresent() ? BETWEEN_LOOKS : PATIENCE));
    }

    private static Optional<HasMetadata> riddle(Job job, List<Pod> pods) {
        if (pods.isEmpty()) {
            return Optional.<HasMetadata>of(job).filter(it -> expectsPod(job));
        }
        return pods.stream()
                .filter(AttemptLookup::beginsOnItsNode)
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

    /** Has a node, and nothing to say of its container yet. */
    private static boolean beginsOnItsNode(Pod pod) {
        var status = pod.getStatus();
        return status != null
                && "Pending".equals(status.getPhase())
                && pod.getSpec().getNodeName() != null
                && status.getContainerStatuses().stream()
                        .map(container -> container.getState().getWaiting())
                        .allMatch(waiting -> waiting != null && "ContainerCreating".equals(waiting.getReason()));
    }

    static Instant created(HasMetadata object) {
        var created = object.getMetadata().getCreationTimestamp();
        return created == null ? Instant.EPOCH : Instant.parse(created);
    }

    /** When a Job was set going, by the control plane's clock. */
    static Instant began(Job job) {
        var start = job.getStatus() == null ? null : job.getStatus().getStartTime();
        return start == null ? created(job) : Instant.parse(start);
    }

    List<ObservedAttempt> observed() {
        return attempt.stream().toList();
    }
}
