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

/** Records status transitions as Kubernetes events. A lost event does not matter: the status says the same. */
public record EventRecorder(KubernetesClient client, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);

    /** The longest message that the API server accepts. */
    private static final int MAX_MESSAGE = 1024;

    /** Records the transition between two statuses of an object, if it is one. */
    public void record(LetheObject object, @Nullable Object before, Object after) {
        StatusTransition.between(before, after).ifPresent(transition -> {
            LOG.info(
                    "{} {}/{}: {}: {}",
                    object.getKind(),
                    object.getMetadata().getNamespace(),
                    object.getMetadata().getName(),
                    transition.reason(),
                    transition.message());
            if (!transition.warning() && Ownership.controllers(object).findAny().isPresent()) {
                // The job's status and the Jobs' events already show that a stage is doing well.
                return;
            }
            create(event(object, transition.warning(), transition.reason().name(), transition.message()));
        });
    }

    /** Records what somebody should look at, though it changes no status. */
    public void warn(LetheObject object, String reason, String message) {
        LOG.warn("{}", message);
        create(event(object, true, reason, message));
    }

    private void create(Event event) {
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.debug("an event was not taken", e);
        }
    }

    private Event event(LetheObject object, boolean warning, String reason, String message) {
        var meta = object.getMetadata();
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
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
                .withType(warning ? "Warning" : "Normal")
                .withReason(reason)
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
