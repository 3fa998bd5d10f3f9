package dev.lethe.operator.observation;

import dev.lethe.api.status.Reason;
import dev.lethe.operator.workload.Labels;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.ObservedAttempt.State;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An attempt whose Job is suspended, with the message of the conditions of Kueue's Workload. */
final class QueuedAttempt {
    private static final String UNREAD = "its words cannot be read, as Kueue does not let its Workloads be";

    /** With its {@code manageJobsWithoutQueueName}. */
    private static final String NO_QUEUE =
            "Kueue manages every Job here, and this one names no queue (spec.queueName), so that none admits it";

    private static final String BY_OTHERS =
            "the Job is suspended, though not by Lethe: whoever did it resumes it; Kueue does it where it manages Jobs that name"
                    + " no queue (spec.queueName)";

    private QueuedAttempt() {}

    static ObservedAttempt of(String name, Job job, Queue queue) {
        var conditions = conditions(queue);
        var evicted = condition(conditions, "Evicted", "True");
        var preempted =
                evicted.filter(it -> "Preempted".equals(it.get("reason"))).isPresent();
        var words = evicted.or(() -> condition(conditions, "QuotaReserved", "False"))
                .or(() -> condition(conditions, "Admitted", "False"))
                .map(it -> it.get("message"))
                .map(Object::toString)
                .map(it -> queueName(job) == null ? NO_QUEUE + ": " + it : it);
        var message = words.orElseGet(() -> withoutWords(job, queue));
        return ObservedAttempt.waiting(name, State.Suspended, preempted ? Reason.Preempted : Reason.Queued, message);
    }

    private static String withoutWords(Job job, Queue queue) {
        var name = queueName(job);
        if (name == null) {
            return queue.workload().isPresent() ? NO_QUEUE : BY_OTHERS;
        }
        return "waits for queue " + name + " to admit it" + (queue.unread() ? "; " + UNREAD : "");
    }

    private static @Nullable String queueName(Job job) {
        var labels = job.getMetadata().getLabels();
        return labels == null ? null : labels.get(Labels.QUEUE);
    }

    private static Optional<Map<?, ?>> condition(List<Map<?, ?>> conditions, String type, String status) {
        return conditions.stream()
                .filter(it -> type.equals(it.get("type")) && status.equals(it.get("status")))
                .findFirst();
    }

    private static List<Map<?, ?>> conditions(Queue queue) {
        return queue.workload().map(it -> it.getAdditionalProperties().get("status")).stream()
                .flatMap(status -> maps(status instanceof Map<?, ?> fields ? fields.get("conditions") : null))
                .toList();
    }

    private static Stream<Map<?, ?>> maps(@Nullable Object list) {
        return list instanceof List<?> items
                ? items.stream().mapMulti((it, map) -> {
                    if (it instanceof Map<?, ?> each) {
                        map.accept(each);
                    }
                })
                : Stream.empty();
    }
}
