package dev.lethe.operator.pass;

import dev.lethe.api.status.Reason;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Creates what {@code owner} controls. An object of that name which it controls already is as good as a new one. */
public record Creation(KubernetesClient client, LetheObject owner) {
    /**
     * The object as the API server has it.
     *
     * @throws Blocked if the name belongs to somebody else, or the API server does not allow it
     */
    public <T extends HasMetadata> T create(T wanted) {
        try {
            return client.resource(wanted).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return adopt(wanted);
            }
            throw Blocked.of(name(wanted), e);
        }
    }

    private <T extends HasMetadata> T adopt(T wanted) {
        var there = client.resource(wanted).get();
        if (there == null || there.isMarkedForDeletion()) {
            throw new Blocked(Reason.Pending, name(wanted) + " of an earlier time is being deleted");
        }
        if (!Ownership.controls(owner, there)) {
            throw new Blocked(
                    Reason.NameTaken,
                    "%s exists and is not controlled by this %s; delete it to go on"
                            .formatted(name(wanted), owner.getKind()));
        }
        return there;
    }

    private static String name(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
