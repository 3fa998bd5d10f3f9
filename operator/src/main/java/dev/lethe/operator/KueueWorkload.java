package dev.lethe.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kueue's kind for what it queues: is it installed, and in which version? Jobs run without it, so that nothing of it can stop
 * the operator.
 */
final class KueueWorkload {
    private static final Logger LOG = LoggerFactory.getLogger(KueueWorkload.class);
    private static final String GROUP = "kueue.x-k8s.io";
    private static final String KIND = "Workload";

    private KueueWorkload() {}

    /**
     * The kind in the version that the cluster prefers; empty where it has none, or Kueue is switched off.
     *
     * @param known the kind as it was before, which stands while the cluster does not answer
     */
    static Optional<GroupVersionKind> kind(
            KubernetesClient client, OperatorSettings.Kueue setting, Optional<GroupVersionKind> known) {
        if (setting == OperatorSettings.Kueue.FALSE) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(client.getApiGroup(GROUP))
                    .map(group -> group.getPreferredVersion().getVersion())
                    .filter(version -> installed(client, version))
                    .map(version -> new GroupVersionKind(GROUP, version, KIND));
        } catch (KubernetesClientException e) {
            LOG.warn("whether there is Kueue is not known now: {}", e.getMessage());
            return known;
        }
    }

    /** The kind as the operator starts, which says so where Kueue is missing that should be there. */
    static Optional<GroupVersionKind> first(KubernetesClient client, OperatorSettings.Kueue setting) {
        var kind = kind(client, setting, Optional.empty());
        if (kind.isEmpty() && setting == OperatorSettings.Kueue.TRUE) {
            LOG.warn("lethe.kueue: found true, and no kind {} of {}; jobs that name no queue run", KIND, GROUP);
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
