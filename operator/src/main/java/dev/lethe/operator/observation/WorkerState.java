package dev.lethe.operator.observation;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** The state of a pod and of its worker container. */
public record WorkerState(Pod pod) {
    private static final String CONTAINER = "worker";

    /** Whether the pod has not ended. */
    public boolean unfinished() {
        var phase = status().getPhase();
        return !"Succeeded".equals(phase) && !"Failed".equals(phase);
    }

    /**
     * Whether the worker's container has ended by itself and another one of its pod has not, such as a proxy that a service mesh
     * has injected.
     */
    public boolean outlived() {
        return pod.getMetadata().getDeletionTimestamp() == null
                && unfinished()
                && terminated().isPresent()
                && status().getContainerStatuses().stream()
                        .anyMatch(it -> it.getState() == null || it.getState().getTerminated() == null);
    }

    /**
     * When the container started, if it ever did: runtimes say 1970 for one that could not be started. The time is the
     * node's, whose clock may be off, so it is never taken to be before the pod's creation.
     */
    Optional<Instant> started() {
        return container()
                .map(ContainerStatus::getState)
                .flatMap(state -> Optional.ofNullable(state.getRunning())
                        .map(it -> it.getStartedAt())
                        .or(() -> Optional.ofNullable(state.getTerminated()).map(it -> it.getStartedAt())))
                .map(Instant::parse)
                .filter(it -> it.isAfter(Instant.EPOCH))
                .map(it -> created().filter(it::isBefore).orElse(it));
    }

    private Optional<Instant> created() {
        return Optional.ofNullable(pod.getMetadata().getCreationTimestamp()).map(Instant::parse);
    }

    Optional<ContainerStateWaiting> waiting() {
        return container().map(ContainerStatus::getState).map(ContainerState::getWaiting);
    }

    Optional<ContainerStateTerminated> terminated() {
        return container().map(ContainerStatus::getState).map(ContainerState::getTerminated);
    }

    Optional<PodCondition> condition(String type, String status) {
        return status().getConditions().stream()
                .filter(it -> type.equals(it.getType()) && status.equals(it.getStatus()))
                .findFirst();
    }

    /**
     * Whether the kubelet evicted the pod because it exceeded its own limit on the node's disk: {@code pkg/kubelet/eviction}
     * marks every other eviction as a disruption.
     */
    boolean evicted() {
        return "Evicted".equals(status().getReason())
                && condition("DisruptionTarget", "True").isEmpty();
    }

    /**
     * Whether the node refused the pod, so that nothing of it ran: its resources were given to another in the meantime, or a
     * device is broken. {@code pkg/kubelet} begins every such message with these words.
     */
    boolean rejected() {
        return "Failed".equals(status().getPhase())
                && Objects.requireNonNullElse(status().getMessage(), "").startsWith("Pod was rejected");
    }

    PodStatus status() {
        return Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
    }

    /** The image that the pod asks for. */
    String image() {
        return pod.getSpec().getContainers().stream()
                .filter(it -> it.getName().equals(CONTAINER))
                .map(it -> it.getImage())
                .findFirst()
                .orElse("");
    }

    /** The most memory that the container may use, such as {@code 4Gi}. */
    Optional<String> memoryLimit() {
        return pod.getSpec().getContainers().stream()
                .filter(it -> it.getName().equals(CONTAINER))
                .map(it -> it.getResources())
                .filter(it -> it != null && it.getLimits() != null)
                .map(it -> it.getLimits().get("memory"))
                .filter(Objects::nonNull)
                .map(Object::toString)
                .findFirst();
    }

    private Optional<ContainerStatus> container() {
        return status().getContainerStatuses().stream()
                .filter(it -> it.getName().equals(CONTAINER))
                .findFirst();
    }
}
