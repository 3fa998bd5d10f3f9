package dev.lethe.operator.pass;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
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
 * Who is to write where. Of two resources with one output that have not ended, the one that was created first has it: the other
 * waits until that one has ended or is gone. What a job's stages write is the job's own.
 */
public final class Destinations {
    private static final String BY_OUTPUT = "output";
    private static final ObjectMapper JSON = Documents.mapper();

    private static final Comparator<LetheObject> EARLIER = Comparator.comparing(
                    (LetheObject it) -> it.getMetadata().getCreationTimestamp())
            .thenComparing(it -> it.getMetadata().getUid());

    private final List<IndexerResourceCache<? extends LetheObject>> caches = new CopyOnWriteArrayList<>();

    /** Looks at the resources of one kind, too. */
    public <O extends LetheObject> void watch(IndexerResourceCache<O> cache) {
        cache.addIndexers(Map.of(BY_OUTPUT, Destinations::outputs));
        caches.add(cache);
    }

    /** @throws Blocked while another resource has this one's output */
    public void require(LetheObject object) {
        for (var output : outputs(object)) {
            caches.stream()
                    .<LetheObject>flatMap(cache -> cache.byIndex(BY_OUTPUT, output).stream())
                    .filter(other -> EARLIER.compare(other, object) < 0 && live(other))
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

    private static boolean live(LetheObject object) {
        return !object.isMarkedForDeletion() && !ClusterDocuments.ended(object);
    }

    /** Where it writes, if that is its own affair. */
    private static List<String> outputs(LetheObject object) {
        if (object.getSpec() == null || Ownership.controllers(object).findAny().isPresent()) {
            return List.of();
        }
        try {
            var uri = JSON.readTree(object.getSpec().text()).at("/output/uri").asText("");
            return uri.isEmpty() ? List.of() : List.of(object.getMetadata().getNamespace() + " " + plain(uri));
        } catch (JsonProcessingException e) {
            return List.of(); // its own pass says what is wrong with it
        }
    }

    /** Two spellings of one path are one. */
    private static String plain(String uri) {
        return uri.replaceAll("(?<!:)/(\\./)*/*", "/").replaceFirst("(/\\.?)+$", "");
    }
}
