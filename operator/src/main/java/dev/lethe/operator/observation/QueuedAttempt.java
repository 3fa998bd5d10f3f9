package dev.lethe.operator.observation;

import dev.lethe.api.status.Reason;
import dev.lethe.operator.workload.Labels;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.planner.stage.ObservedAttempt.State;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attempt whose Job is suspended, with the message of the conditions of Kueue's Workload. */
final class QueuedAttempt {
    private QueuedAttempt() {}

    static ObservedAttempt of(String name, Job job, @Nullable GenericKubernetesResource workload) {
        var conditions = conditions(workload);
        var evicted = condition(conditions, "Evicted", "True");
        var preempted =
                evicted.filter(it -> "Preempted".equals(it.get("reason"))).isPresent();
        var message = evicted.or(() -> condition(conditions, "QuotaReserved", "False"))
                .or(() -> condition(conditions, "Admitted", "False"))
                .map(it -> it.get("message"))
                .map(Object::toString)
                .orElseGet(() -> withoutCondition(job));
        return ObservedAttempt.waiting(name, State.Suspended, preempted ? Reason.Preempted : Reason.Queued, message);
    }

    private static String withoutCondition(Job job) {
        var labels = job.getMetadata().getLabels();
        var queue = labels == null ? null : labels.get(Labels.QUEUE);
        return queue == null
                ? "the Job is suspended, though not by Lethe: whoever did it resumes it"
                : "waits for queue " + queue + " to admit it";
    }

    private static Optional<Map<?, ?>> condition(List<Map<?, ?>> conditions, String type, String status) {
        return conditions.stream()
                .filter(it -> type.equals(it.get("type")) && status.equals(it.get("status")))
                .findFirst();
    }

    private static List<Map<?, ?>> conditions(@Nullable GenericKubernetesResource workload) {
        return workload != null
                        && workload.getAdditionalProperties().get("status") instanceof Map<?, ?> status
                        && status.get("conditions") instanceof List<?> conditions
                ? conditions.stream()
                        .<Map<?, ?>>mapMulti((it, map) -> {
                            if (it instanceof Map<?, ?> each) {
                                map.accept(each);
                            }
                        })
                        .toList()
                : List.of();
    }
}
