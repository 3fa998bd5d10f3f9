package dev.lethe.operator.stage;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Looks up the events of an object, at a limited rate: an API server reads all events of a namespace for one answer, and
 * thousands of objects may wait at once when something is wrong. The longer an answer takes, the longer the pause after it;
 * meanwhile earlier answers are returned.
 */
final class EventLookup {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

    /** A pause is so many times as long as the answer took. */
    private static final int PAUSE_FACTOR = 20;

    private static final int MAX_CACHED = 1000;

    private final KubernetesClient client;
    private final Map<String, List<Event>> answers = new ConcurrentHashMap<>();
    private final LongSupplier nanos;
    private Instant next = Instant.MIN;

    EventLookup(KubernetesClient client) {
        this(client, System::nanoTime);
    }

    EventLookup(KubernetesClient client, LongSupplier nanos) {
        this.client = client;
        this.nanos = nanos;
    }

    /** The events of an object: as they are now, or as they were when last looked up. */
    List<Event> about(HasMetadata object, Instant now) {
        var uid = object.getMetadata().getUid();
        if (!tryAcquire(now)) {
            return answers.getOrDefault(uid, List.of());
        }
        var start = nanos.getAsLong();
        var events = client.v1()
                .events()
                .inNamespace(object.getMetadata().getNamespace())
                .withField("involvedObject.uid", uid)
                .list()
                .getItems();
        pauseUntil(now.plus(Duration.ofNanos(nanos.getAsLong() - start).multipliedBy(PAUSE_FACTOR)));
        if (answers.size() >= MAX_CACHED) {
            answers.clear();
        }
        answers.put(uid, events);
        return events;
    }

    private synchronized boolean tryAcquire(Instant now) {
        if (now.isBefore(next)) {
            return false;
        }
        next = now.plus(MIN_INTERVAL);
        return true;
    }

    private synchronized void pauseUntil(Instant end) {
        next = end.isAfter(next) ? end : next;
    }
}
