package dev.lethe.operator.observation;

import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.ObservedAttempt.State;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Observes an attempt by its Job. The Job's {@code Complete} and {@code Failed} conditions are an end, as its pod is gone
 * for good by then; so is the end of the worker's container where others of its pod run on. Pods and events say why.
 */
public final class AttemptObservation {
    private AttemptObservation() {}

    /**
     * Observes an attempt.
     *
     * @param pods of the Job, in any order
     * @param events about the Job, and about its pods where they are known
     */
    public static ObservedAttempt of(Job job, List<Pod> pods, List<Event> events, Queue queue) {
        var observed = observe(job, pods, events, queue);
        return observed.since(observed.state() == State.Running ? started(job) : created(job));
    }

    private static ObservedAttempt observe(Job job, List<Pod> pods, List<Event> events, Queue queue) {
        var name = job.getMetadata().getName();
        var pod = latest(pods).map(WorkerState::new);
        var ended = condition(job, "Complete").or(() -> condition(job, "Failed"));
        if (pod.filter(WorkerState::outlived).isPresent()
                || (ended.isPresent() && pod.filter(WorkerState::unfinished).isEmpty())) {
            return AttemptOutcome.of(name, ended, pod);
        }
        if (ended.isEmpty() && job.getMetadata().getDeletionTimestamp() != null) {
            return ObservedAttempt.of(name, State.Vanished);
        }
        if (ended.isEmpty() && Boolean.TRUE.equals(job.getSpec().getSuspend())) {
            return QueuedAttempt.of(name, job, queue);
        }
        // A Job may have ended before its pod is observed to: two informers are never in step.
        var started = pod.flatMap(WorkerState::started);
        return started.isPresent() ? running(name, started.get()) : waiting(name, pod, events);
    }

    private static ObservedAttempt running(String name, Instant started) {
        return new ObservedAttempt(name, State.Running, null, null, null, null, null, started, null);
    }

    private static ObservedAttempt waiting(String name, Optional<WorkerState> pod, List<Event> events) {
        var pending = pod.isPresent() ? PendingReason.ofPod(pod.get(), events) : PendingReason.ofMissingPod(events);
        return ObservedAttempt.waiting(
                name,
                State.Pending,
                pending.map(PendingReason::reason).orElse(null),
                pending.map(PendingReason::message).orElse(null));
    }

    /** A Job has one pod, or more after its queue preempted it: the last one counts. */
    private static Optional<Pod> latest(List<Pod> pods) {
        return pods.stream()
                .max(Comparator.comparing((Pod it) ->
                                Objects.requireNonNullElse(it.getMetadata().getCreationTimestamp(), ""))
                        .thenComparing(it -> it.getMetadata().getName()));
    }

    private static Optional<JobCondition> condition(Job job, String type) {
        return job.getStatus() == null
                ? Optional.empty()
                : job.getStatus().getConditions().stream()
                        .filter(it ->
                                it.getType().equals(type) && it.getStatus().equals("True"))
                        .findFirst();
    }

    /** When an object was created, by the control plane's clock. */
    public static Instant created(HasMetadata object) {
        var created = object.getMetadata().getCreationTimestamp();
        return created == null ? Instant.EPOCH : Instant.parse(created);
    }

    /** When a Job was started, by the control plane's clock. */
    private static Instant started(Job job) {
        var start = job.getStatus() == null ? null : job.getStatus().getStartTime();
        return start == null ? created(job) : Instant.parse(start);
    }
}
