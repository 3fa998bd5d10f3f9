package dev.lethe.operator.event;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of transitions by Kubernetes events. One that is lost does not matter: the status has it all. */
public record Announcer(KubernetesClient client, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    /** The longest note that the API server takes. */
    private static final int MAX_MESSAGE = 1024;

    /** Tells what the new status of an object has to say that the old one had not. */
    public void tell(LetheObject object, @Nullable Object before, Object after) {
        Transition.between(before, after).ifPresent(transition -> {
            LOG.info(
                    "{} {}/{}: {}: {}",
                    object.getKind(),
                    object.getMetadata().getNamespace(),
                    object.getMetadata().getName(),
                    transition.reason(),
                    transition.message());
            if (!transition.warning() && Ownership.controllers(object).findAny().isPresent()) {
                // What goes well in a job's stages, the job's own status and their Jobs' events tell already.
                return;
            }
            try {
                client.resource(event(object, transition)).create();
            } catch (KubernetesClientException e) {
                LOG.debug("an event was not taken", e);
            }
        });
    }

    private Event event(LetheObject object, Transition transition) {
        var meta = object.getMetadata();
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        var message = transition.message();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(meta.getName() + "-")
                .withNamespace(meta.getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withName(meta.getName())
                .withNamespace(meta.getNamespace())
                .withUid(meta.getUid())
                .endInvolvedObject()
                .withType(transition.warning() ? "Warning" : "Normal")
                .withReason(transition.reason().name())
                .withMessage(message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE))
                .withNewSource()
                .withComponent("lethe-operator")
                .endSource()
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .build();
    }
}
