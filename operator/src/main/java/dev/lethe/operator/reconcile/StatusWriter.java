package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a status where it differs from the one that was read. */
public record StatusWriter(KubernetesClient client) {
    /**
     * Replaces the status of an object that nobody has changed since it was read.
     *
     * @return the object as it is now; empty where nothing was written, as nothing differs or the object is gone
     * @throws StaleRead if somebody has
     */
    public Optional<LetheObject> write(LetheObject seen, @Nullable Object before, Object after) {
        if (after.equals(before)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    client.resource(ClusterDocuments.withStatus(seen, after)).updateStatus());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                throw new StaleRead(e);
            }
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
