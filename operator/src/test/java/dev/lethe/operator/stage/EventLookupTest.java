package dev.lethe.operator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventListBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class EventLookupTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withName("p")
            .withNamespace("ns")
            .withUid("u")
            .endMetadata()
            .build();

    KubernetesMockServer server;
    KubernetesClient client;

    @Test
    void anAnswerStandsForASecondHoweverOftenItIsAskedFor() {
        answers(new Event());
        answers(new Event(), new Event());
        var lookup = new EventLookup(client, () -> 0);
        assertThat(lookup.about(POD, NOW)).hasSize(1);
        assertThat(lookup.about(POD, NOW)).hasSize(1);
        assertThat(lookup.about(POD, NOW.plusSeconds(1))).hasSize(2);
    }

    @Test
    void anAnswerThatTookHalfASecondStandsForTen() {
        answers(new Event());
        answers(new Event(), new Event());
        var clock = Stream.iterate(0L, nanos -> nanos + 500_000_000).iterator();
        var lookup = new EventLookup(client, clock::next);
        lookup.about(POD, NOW);
        assertThat(lookup.about(POD, NOW.plusSeconds(9))).hasSize(1);
        assertThat(lookup.about(POD, NOW.plusSeconds(10))).hasSize(2);
    }

    private void answers(Event... events) {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/ns/events?fieldSelector=involvedObject.uid%3Du")
                .andReturn(200, new EventListBuilder().withItems(events).build())
                .once();
    }
}
