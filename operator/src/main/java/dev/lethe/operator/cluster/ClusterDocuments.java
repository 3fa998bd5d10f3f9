package dev.lethe.operator.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import dev.lethe.api.document.InvalidDocument;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Spec;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts a cluster's objects to our records and back. It maps as {@link Documents} does, but ignores unknown fields: a newer
 * version may have written them.
 */
public final class ClusterDocuments {
    private static final ObjectMapper MAPPER =
            Documents.mapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private ClusterDocuments() {}

    /** @throws InvalidDocument if this version cannot read it */
    public static Resource<UnlearningJobSpec, UnlearningJobStatus> job(LetheObject object) {
        return read(object, UnlearningJobSpec.class, UnlearningJobStatus.class);
    }

    /** @throws InvalidDocument if this version cannot read it */
    public static Resource<StageSpec, StageResourceStatus> stage(LetheObject object) {
        var type = object.kind().specType().asSubclass(StageSpec.class);
        Resource<? extends StageSpec, StageResourceStatus> read = read(object, type, StageResourceStatus.class);
        return new Resource<>(read.apiVersion(), read.kind(), read.metadata(), read.spec(), read.status());
    }

    /**
     * The status of a stage, without reading its spec.
     *
     * @throws InvalidDocument if this version cannot read it
     */
    public static @Nullable StageResourceStatus stageStatus(LetheObject object) {
        return status(object, StageResourceStatus.class);
    }

    /** Whether an object of any kind is in a terminal phase. */
    public static boolean ended(LetheObject object) {
        if (object.getStatus() == null) {
            return false;
        }
        try {
            var phase = MAPPER.readTree(object.getStatus().text()).path("phase").asText("");
            return Stream.of(Phase.values())
                    .anyMatch(it -> it.terminal() && it.name().equals(phase));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** A new object, owned by that controller. */
    public static LetheObject create(Resource<?, ?> resource, LetheObject controller) {
        var object = LetheObject.of(resource.kind());
        object.setMetadata(new ObjectMetaBuilder()
                .withName(resource.name())
                .withNamespace(controller.getMetadata().getNamespace())
                .withLabels(resource.metadata().labels())
                .withAnnotations(resource.metadata().annotations())
                .withOwnerReferences(controller.asController())
                .build());
        object.setSpec(text(resource.spec()));
        return object;
    }

    /**
     * The object with a new status only, at the resource version that was read: the API server refuses it when the object has
     * changed since.
     */
    public static LetheObject withStatus(LetheObject seen, Object status) {
        var object = identity(seen);
        object.getMetadata().setResourceVersion(seen.getMetadata().getResourceVersion());
        object.setStatus(text(status));
        return object;
    }

    /** The object with its kind, namespace and name only. */
    public static LetheObject identity(LetheObject seen) {
        var object = LetheObject.of(seen.kind());
        object.setMetadata(new ObjectMetaBuilder()
                .withName(seen.getMetadata().getName())
                .withNamespace(seen.getMetadata().getNamespace())
                .build());
        return object;
    }

    /** Any of our records as JSON. */
    public static JsonText text(Object document) {
        return new JsonText(Documents.line(document));
    }

    private static <S extends Spec, T> Resource<S, T> read(LetheObject object, Class<S> spec, Class<T> status) {
        return new Resource<>(
                object.getApiVersion(),
                object.kind(),
                metadata(object.getMetadata()),
                read(where(object) + ": spec", object.getSpec(), spec),
                status(object, status));
    }

    private static <T> @Nullable T status(LetheObject object, Class<T> type) {
        return object.getStatus() == null ? null : read(where(object) + ": status", object.getStatus(), type);
    }

    private static String where(LetheObject object) {
        return "%s %s/%s"
                .formatted(
                        object.getKind(),
                        object.getMetadata().getNamespace(),
                        object.getMetadata().getName());
    }

    private static <T> T read(String where, @Nullable JsonText json, Class<T> type) {
        if (json == null) {
            throw new InvalidDocument(where + ": found nothing, expected a value");
        }
        try {
            return MAPPER.readValue(json.text(), type);
        } catch (JsonProcessingException e) {
            // The original message alone: the full one quotes the document.
            throw new InvalidDocument(where + ": " + e.getOriginalMessage());
        }
    }

    private static Metadata metadata(ObjectMeta meta) {
        return new Metadata(
                meta.getName(),
                meta.getNamespace(),
                meta.getUid(),
                meta.getGeneration(),
                meta.getLabels(),
                null, // the client reads no annotations
                meta.getCreationTimestamp() == null ? null : Instant.parse(meta.getCreationTimestamp()));
    }
}
