package dev.lethe.operator.observation;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Optional;

/**
 * What is known of the queue that holds a Job.
 *
 * @param workload Kueue's object for the Job, where there is one
 * @param unread whether the cluster has such objects and they cannot be read
 */
public record Queue(Optional<GenericKubernetesResource> workload, boolean unread) {
    public static final Queue UNKNOWN = new Queue(Optional.empty(), false);
}
