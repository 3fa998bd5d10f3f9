package dev.lethe.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import java.util.Optional;

/** Kueue's kind for what it queues: is it installed, and in which version? */
final class KueueWorkload {
    private static final String GROUP = "kueue.x-k8s.io";
    private static final String KIND = "Workload";

    private KueueWorkload() {}

    /** The kind in the version that the cluster prefers; empty where it has none, or Kueue is switched off. */
    static Optional<GroupVersionKind> kind(KubernetesClient client, OperatorSettings.Kueue setting) {
        if (setting == OperatorSettings.Kueue.FALSE) {
            return Optional.empty();
        }
        var kind = Optional.ofNullable(client.getApiGroup(GROUP))
                .map(group -> group.getPreferredVersion().getVersion())
                .filter(version -> installed(client, version))
                .map(version -> new GroupVersionKind(GROUP, version, KIND));
        if (kind.isEmpty() && setting == OperatorSettings.Kueue.TRUE) {
            throw new IllegalStateException(
                    "lethe.kueue: found true, expected a cluster with kind " + KIND + " of " + GROUP);
        }
        return kind;
    }

    /** During the installation of Kueue, its group may exist before this kind does. */
    private static boolean installed(KubernetesClient client, String version) {
        var kinds = client.getApiResources(GROUP + "/" + version);
        return kinds != null
                && kinds.getResources().stream().anyMatch(it -> it.getKind().equals(KIND));
    }
}
