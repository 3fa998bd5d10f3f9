package dev.lethe.operator.stage;

import dev.lethe.operator.cluster.ClusterClient;
import dev.lethe.operator.observation.EventTime;
import dev.lethe.planner.Timings;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up the events that say why an object waits. Thousands may wait at once when something is wrong, so that one answer is
 * for all of them: the events with one reason about one kind, of a namespace, or of all where all are served. It is asked for
 * anew when somebody waits about whom the last one says nothing, and now and then for the others. An API server reads every
 * event of a namespace for it, so the longer it takes, the longer the pause after it.
 */
final class EventLookup {
    private static final Logger LOG = LoggerFactory.getLogger(EventLookup.class);

    /** What is said of a kind, by the reasons that the Job controller, the kubelet and the volumes' controller use. */
    private static final Map<String, List<String>> REASONS =
            Map.of("Job", List.of("FailedCreate"), "Pod", List.of("FailedMount", "FailedAttachVolume"));

    private static final String EVERYWHERE = "";

    /** A pause is so many times as long as the answer took. */
    private static final int PAUSE_FACTOR = 20;

    /** What is read of one answer: as many as 1,000 Jobs have whose pods were refused ten times each. */
    private static final int MAX_PAGES = 20;

    private final KubernetesClient client;
    private final Set<String> namespaces;
    private final LongSupplier nanos;
    private final Map<Question, Answer> answers = new ConcurrentHashMap<>();

    private record Question(String namespace, String kind, String reason) {}

    /** @param next when it may be asked for anew */
    private record Answer(Map<String, Event> byUid, Instant next, Instant stale) {
        static final Answer NONE = new Answer(Map.of(), Instant.MIN, Instant.MIN);

        /** Whether it is too old for somebody who waits: sooner for one about whom it says nothing. */
        boolean due(String uid, Instant now) {
            return !now.isBefore(byUid.containsKey(uid) ? stale : next);
        }
    }

    /** @param namespaces that are served; all where there is none */
    EventLookup(KubernetesClient client, Set<String> namespaces) {
        this(client, namespaces, System::nanoTime);
    }

    EventLookup(KubernetesClient client, Set<String> namespaces, LongSupplier nanos) {
        this.client = client;
        this.namespaces = namespaces;
        this.nanos = nanos;
    }

    /** The last events that say why an object waits: as they are now, or as they were when last looked up. */
    List<Event> about(HasMetadata object, Instant now) {
        var meta = object.getMetadata();
        var namespace = namespaces.isEmpty() ? EVERYWHERE : meta.getNamespace();
        return REASONS.get(object.getKind()).stream()
                .map(reason -> new Question(namespace, object.getKind(), reason))
                .flatMap(question -> answer(question, meta.getUid(), now).stream())
                .toList();
    }

    /** Whoever asks meanwhile waits for the answer that is being asked for. */
    private Optional<Event> answer(Question question, String uid, Instant now) {
        var answer = answers.compute(question, (key, last) -> {
            var known = last == null ? Answer.NONE : last;
            return known.due(uid, now) ? ask(key, known, now) : known;
        });
        return Optional.ofNullable(answer.byUid.get(uid));
    }

    private Answer ask(Question question, Answer last, Instant now) {
        var start = nanos.getAsLong();
        var events = last.byUid;
        try {
            events = list(question);
        } catch (KubernetesClientException e) {
            LOG.warn("events are not known, which say why something waits: {}", e.getMessage());
        }
        var pause = Duration.ofNanos(nanos.getAsLong() - start).multipliedBy(PAUSE_FACTOR);
        return new Answer(
                events, now.plus(longer(pause, Timings.EVENTS_PAUSE)), now.plus(longer(pause, Timings.EVENTS_EVERY)));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** The last event about each object: one whose pods are refused again and again has many. */
    private Map<String, Event> list(Question question) {
        var events = client.v1().events();
        var asked = (question.namespace.equals(EVERYWHERE)
                        ? events.inAnyNamespace()
                        : events.inNamespace(question.namespace))
                .withField("involvedObject.kind", question.kind)
                .withField("reason", question.reason);
        var last = new HashMap<String, Event>();
        var options = new ListOptionsBuilder().withLimit(ClusterClient.PAGE);
        for (var page = 0; page < MAX_PAGES; page++) {
            var list = asked.list(options.build());
            list.getItems()
                    .forEach(it ->
                            last.merge(it.getInvolvedObject().getUid(), it, BinaryOperator.maxBy(EventTime.ORDER)));
            var next = list.getMetadata() == null ? null : list.getMetadata().getContinue();
            if (next == null || next.isEmpty()) {
                break;
            }
            options.withContinue(next);
        }
        return last;
    }
}
