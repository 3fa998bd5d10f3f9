package dev.lethe.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import java.util.Optional;

/** Kueue's kind of object for what it queues. */
final class Workloads {
    private static final String GROUP = "kueue.x-k8s.io";
    private static final String KIND = "Workload";

    private Workloads() {}

    /** The version of the kind that the cluster prefers; empty where it has none, or is not to be asked. */
    static Optional<GroupVersionKind> kind(KubernetesClient client, OperatorSettings.Kueue setting) {
        if (setting == OperatorSettings.Kueue.FALSE) {
            return Optional.empty();
        }
        var group = Optional.ofNullable(client.getApiGroup(GROUP));
        if (group.isEmpty() && setting == OperatorSettings.Kueue.TRUE) {
            throw new IllegalStateException("lethe.kueue: found true, expected a cluster with the API group " + GROUP);
        }
        return group.map(
                it -> new GroupVersionKind(GROUP, it.getPreferredVersion().getVersion(), KIND));
    }
}
