package dev.lethe.operator.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.InvalidLocation;
import dev.lethe.api.resource.Location;
import dev.lethe.api.status.Reason;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Finds conflicts between resources with the same output. The one that was created first may write; the others wait until it
 * has ended or is gone. The stages of a job are exempt: the job answers for what they write.
 */
public final class DestinationConflicts {
    private static final String BY_OUTPUT = "output";
    private static final ObjectMapper JSON = Documents.mapper();

    private static final Comparator<LetheObject> EARLIER = Comparator.comparing(
                    (LetheObject it) -> it.getMetadata().getCreationTimestamp())
            .thenComparing(it -> it.getMetadata().getUid());

    private final List<IndexerResourceCache<? extends LetheObject>> caches = new CopyOnWriteArrayList<>();

    /** Includes the resources of one kind. */
    public <O extends LetheObject> void watch(IndexerResourceCache<O> cache) {
        cache.addIndexers(Map.of(BY_OUTPUT, DestinationConflicts::outputs));
        caches.add(cache);
    }

    /** @throws Blocked while an earlier resource has the same output */
    public void check(LetheObject object) {
        for (var output : outputs(object)) {
            caches.stream()
                    .<LetheObject>flatMap(cache -> cache.byIndex(BY_OUTPUT, output).stream())
                    .filter(other -> EARLIER.compare(other, object) < 0 && active(other))
                    .min(EARLIER)
                    .ifPresent(holder -> {
                        throw new Blocked(
                                Reason.DestinationTaken,
                                "the output is that of %s %s, which was created earlier; delete one of the two to go on"
                                        .formatted(
                                                holder.getKind(),
                                                holder.getMetadata().getName()));
                    });
        }
    }

    private static boolean active(LetheObject object) {
        return !object.isMarkedForDeletion() && !ClusterDocuments.ended(object);
    }

    /** The key of its output; none where a job answers for it. */
    private static List<String> outputs(LetheObject object) {
        if (object.getSpec() == null || Ownership.controllers(object).findAny().isPresent()) {
            return List.of();
        }
        try {
            var uri = JSON.readTree(object.getSpec().text()).at("/output/uri").asText("");
            return uri.isEmpty() ? List.of() : List.of(object.getMetadata().getNamespace() + " " + normalized(uri));
        } catch (JsonProcessingException e) {
            return List.of(); // its own reconciliation reports what is wrong
        }
    }

    /** Gives all spellings of a path the same form. */
    private static String normalized(String uri) {
        try {
            return Location.of(uri).normalized().uri();
        } catch (InvalidLocation e) {
            return uri; // its own reconciliation reports what is wrong
        }
    }
}
