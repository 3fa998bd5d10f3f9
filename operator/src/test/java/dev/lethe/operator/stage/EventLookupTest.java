package dev.lethe.operator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.planner.Timings;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.EventListBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class EventLookupTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String JOBS =
            "/events?fieldSelector=involvedObject.kind%3DJob%2Creason%3DFailedCreate&limit=500";

    KubernetesMockServer server;
    KubernetesClient client;

    @Test
    void oneAnswerIsForAllThatWaitWithTheLastWordOnEach() {
        var earlier = new EventBuilder(event(7))
                .withMessage("earlier")
                .withLastTimestamp("2025-12-31T23:59:00Z")
                .build();
        var events = IntStream.range(0, 1000).mapToObj(EventLookupTest::event);
        answers("/api/v1" + JOBS, null, Stream.concat(events, Stream.of(earlier)));
        var lookup = new EventLookup(client, Set.of(), () -> 0);

        assertThat(IntStream.range(0, 1000).mapToObj(it -> said(lookup, it, NOW)))
                .isEqualTo(IntStream.range(0, 1000)
                        .mapToObj(it -> List.of("why " + it))
                        .toList());
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void anAnswerHasAllItsPages() {
        answers("/api/v1/namespaces/ns" + JOBS, "more", Stream.of(event(1)));
        answers("/api/v1/namespaces/ns" + JOBS.replace("?", "?continue=more&"), null, Stream.of(event(2)));
        var lookup = new EventLookup(client, Set.of("ns"), () -> 0);

        assertThat(said(lookup, 1, NOW)).containsExactly("why 1");
        assertThat(said(lookup, 2, NOW)).containsExactly("why 2");
    }

    @Test
    void whoHasNoAnswerIsLookedUpSoonerThanWhoHasOne() {
        answers("/api/v1" + JOBS, null, Stream.of(event(1)));
        answers("/api/v1" + JOBS, null, Stream.of(event(1), event(2)));
        var lookup = new EventLookup(client, Set.of(), () -> 0);
        said(lookup, 1, NOW);
        var soon = NOW.plus(Timings.EVENTS_PAUSE);

        assertThat(said(lookup, 2, soon.minusMillis(1))).isEmpty();
        assertThat(said(lookup, 1, soon)).hasSize(1);
        assertThat(server.getRequestCount()).isEqualTo(1);
        assertThat(said(lookup, 2, soon)).hasSize(1);
        assertThat(said(lookup, 1, soon)).hasSize(1);
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void anAnswerThatTookASecondStandsForTwenty() {
        answers("/api/v1" + JOBS, null, Stream.of());
        answers("/api/v1" + JOBS, null, Stream.of(event(1)));
        var clock = Stream.iterate(0L, nanos -> nanos + 1_000_000_000).iterator();
        var lookup = new EventLookup(client, Set.of(), clock::next);
        said(lookup, 1, NOW);

        assertThat(said(lookup, 1, NOW.plusSeconds(19))).isEmpty();
        assertThat(said(lookup, 1, NOW.plusSeconds(20))).hasSize(1);
    }

    /** Whoever may not read events still says everything else. */
    @Test
    void noAnswerIsNoFailure() {
        server.expect().get().withPath("/api/v1" + JOBS).andReturn(403, "").always();
        var lookup = new EventLookup(client, Set.of(), () -> 0);

        assertThat(said(lookup, 1, NOW)).isEmpty();
        assertThat(said(lookup, 2, NOW)).isEmpty();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    private static List<String> said(EventLookup lookup, int job, Instant now) {
        return lookup.about(job(job), now).stream().map(Event::getMessage).toList();
    }

    private static HasMetadata job(int uid) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withUid("u" + uid)
                .endMetadata()
                .build();
    }

    private static Event event(int uid) {
        return new EventBuilder()
                .withNewInvolvedObject()
                .withUid("u" + uid)
                .endInvolvedObject()
                .withMessage("why " + uid)
                .withLastTimestamp("2026-01-01T00:00:00Z")
                .build();
    }

    private void answers(String path, String next, Stream<Event> events) {
        var list = new EventListBuilder()
                .withNewMetadata()
                .withContinue(next)
                .endMetadata()
                .withItems(events.toList())
                .build();
        server.expect().get().withPath(path).andReturn(200, list).once();
    }
}
