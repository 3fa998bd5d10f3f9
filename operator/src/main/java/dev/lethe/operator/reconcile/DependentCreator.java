package dev.lethe.operator.reconcile;

import dev.lethe.api.status.Reason;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Creates the dependents of {@code owner}. One that exists already and is the owner's counts as created. */
public record DependentCreator(KubernetesClient client, LetheObject owner) {
    /**
     * The object as the API server has it.
     *
     * @throws Blocked if the name is taken, or the API server does not allow it
     */
    public <T extends HasMetadata> T createOrGet(T wanted) {
        try {
            return client.resource(wanted).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return existing(wanted);
            }
            throw Blocked.of(name(wanted), e);
        }
    }

    private <T extends HasMetadata> T existing(T wanted) {
        var found = client.resource(wanted).get();
        if (found == null || found.isMarkedForDeletion()) {
            throw new Blocked(Reason.Pending, name(wanted) + " of an earlier time is being deleted");
        }
        if (!Ownership.controls(owner, found)) {
            throw new Blocked(
                    Reason.NameTaken,
                    "%s exists and is not controlled by this %s; delete it to go on"
                            .formatted(name(wanted), owner.getKind()));
        }
        return found;
    }

    private static String name(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
