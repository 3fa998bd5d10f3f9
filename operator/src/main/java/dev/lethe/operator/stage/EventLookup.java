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
 * Asks for the events of one object. An API server reads all events of a namespace for one answer, and thousands of
 * objects may be waiting at once when something is wrong with it: it is asked seldom, the more so the longer it takes, and
 * an earlier answer stands meanwhile.
 */
final class EventLookup {
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    /** Of all time, one part in so many is for answers. */
    private static final int PARTS = 20;

    /** Answers that are kept. */
    private static final int MOST = 1000;

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

    /** The events of an object, or what is known of them. */
    List<Event> about(HasMetadata object, Instant now) {
        var uid = object.getMetadata().getUid();
        if (!mayAsk(now)) {
            return answers.getOrDefault(uid, List.of());
        }
        var asked = nanos.getAsLong();
        var events = client.v1()
                .events()
                .inNamespace(object.getMetadata().getNamespace())
                .withField("involvedObject.uid", uid)
                .list()
                .getItems();
        rest(now.plus(Duration.ofNanos(nanos.getAsLong() - asked).multipliedBy(PARTS)));
        if (answers.size() >= MOST) {
            answers.clear();
        }
        answers.put(uid, events);
        return events;
    }

    private synchronized boolean mayAsk(Instant now) {
        if (now.isBefore(next)) {
            return false;
        }
        next = now.plus(BETWEEN);
        return true;
    }

    private synchronized void rest(Instant end) {
        next = end.isAfter(next) ? end : next;
    }
}
