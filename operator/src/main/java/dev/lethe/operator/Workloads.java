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
        var kind = Optional.ofNullable(client.getApiGroup(GROUP))
                .map(group -> group.getPreferredVersion().getVersion())
                .filter(version -> has(client, version))
                .map(version -> new GroupVersionKind(GROUP, version, KIND));
        if (kind.isEmpty() && setting == OperatorSettings.Kueue.TRUE) {
            throw new IllegalStateException(
                    "lethe.kueue: found true, expected a cluster with kind " + KIND + " of " + GROUP);
        }
        return kind;
    }

    /** While Kueue is being installed, its group may be there and this kind not yet. */
    private static boolean has(KubernetesClient client, String version) {
        var kinds = client.getApiResources(GROUP + "/" + version);
        return kinds != null
                && kinds.getResources().stream().anyMatch(it -> it.getKind().equals(KIND));
    }
}
