package dev.lethe.operator.cluster;

import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.stream.Stream;

/**
 * Whether an informer has read a namespace. It cannot at any time: the namespace is gone, a role is not there yet, the webhook
 * that converts a kind does not answer. What was not read is not known to be absent.
 */
public final class Reads {
    private Reads() {}

    /**
     * Whether a namespace was read once: from then on, the informer knows at least what there was.
     *
     * @param informer that has been started
     */
    public static boolean namespace(IndexerResourceCache<?> informer, String namespace) {
        if (!(informer instanceof InformerWrappingEventSourceHealthIndicator<?> source)) {
            throw new IllegalArgumentException("found a cache without informers: " + informer);
        }
        var informers = source.informerHealthIndicators();
        return Stream.of(namespace, Constants.WATCH_ALL_NAMESPACES)
                .filter(informers::containsKey)
                .anyMatch(it -> informers.get(it).hasSynced());
    }

    /** Why an object waits for what its namespace does not let the operator read. */
    public static String cannot(String what) {
        return "the operator cannot read %s in this namespace, and waits until it can; its log says why"
                .formatted(what);
    }
}
