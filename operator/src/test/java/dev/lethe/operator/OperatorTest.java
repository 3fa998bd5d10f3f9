package dev.lethe.operator;

import static dev.lethe.operator.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Phase;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.metric.JobGauges;
import dev.lethe.operator.metric.Leadership;
import dev.lethe.operator.metric.ReconcileMetrics;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole operator with its informers, against an API server in memory. */
class OperatorTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aJobRunsToItsEndAndNothingIsWrittenThen() throws Exception {
        try (var cluster = new FakeCluster()) {
            var rounds = new Rounds(cluster);
            var workers = new Workers(cluster);
            var operator = operator(cluster, Clock.systemUTC());
            operator.start();
            try {
                var job = cluster.client.resource(Samples.job("request")).create();
                await(() -> {
                    workers.step();
                    var status = rounds.job(job);
                    return status != null && status.phase() == Phase.Succeeded;
                });
                assertThat(cluster.jobs()).hasSize(9);
                await(() -> gauge("lethe.jobs", "phase", "Succeeded", "verdict", "Passed") == 1);
                assertThat(gauge("lethe.leader")).isEqualTo(1);
                assertThat(gauge("lethe.oldest.unreconciled")).isZero();
                assertThat(operator.serves()).isTrue();
                assertThat(operator.informers().unread()).isEmpty();
                assertThat(cluster.watches)
                        .filteredOn(path -> path.contains("/lethe.dev/"))
                        .hasSize(2 * Kind.values().length)
                        .doesNotHaveDuplicates();

                var version = cluster.client.resource(job).get().getMetadata().getResourceVersion();
                cluster.client.pods().inNamespace(FakeCluster.NAMESPACE).delete();
                Thread.sleep(1000);
                assertThat(cluster.client.resource(job).get().getMetadata().getResourceVersion())
                        .isEqualTo(version);
                assertThat(cluster.jobs()).hasSize(9);
            } finally {
                operator.stop();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFirstReportIsWrittenAtOnce(boolean waitedBefore) throws Exception {
        try (var cluster = new FakeCluster()) {
            var rounds = new Rounds(cluster);
            var workers = new Workers(cluster);
            var stage = cluster.client.resource(Samples.merge("m")).create();
            if (waitedBefore) {
                rounds.round();
                rounds.timePasses(Duration.ofMinutes(6));
                rounds.round();
                assertThat(rounds.stage(stage).attempts()).hasSize(1);
            }
            // Time stands still: nothing is written because it has run for long.
            var operator = operator(cluster, Clock.fixed(Instant.now(), ZoneOffset.UTC));
            operator.start();
            try {
                await(workers::step);
                cluster.others
                        .resource(ClusterDocuments.identity(stage))
                        .subresource("status")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                """
                                {"status": {"progress": {"step": 1, "steps": 9, "unit": "steps"}}}""");
                await(() -> rounds.stage(stage).phase() == Phase.Running);
                assertThat(rounds.stage(stage).progress().step()).isEqualTo(1);
            } finally {
                operator.stop();
            }
        }
    }

    @Test
    void whatCannotBeReadStopsNothingAndIsTakenUpWhenItCan() throws Exception {
        try (var cluster = new FakeCluster()) {
            cluster.forbidden = "/namespaces/gone/";
            var operator = operator(cluster, Clock.systemUTC());
            operator.start();
            try {
                cluster.client.resource(Samples.merge("here")).create();
                await(() -> !cluster.jobs().isEmpty());
                var informers = operator.informers();
                assertThat(operator.serves()).isTrue();
                assertThat(informers.unread())
                        .extracting(Informers.Reading::resource)
                        .contains("unlearningjobs", "modelmerges", "jobs", "pods", "persistentvolumeclaims");
                assertThat(informers.why(informers.unread().first())).isEqualTo("may not be read");

                cluster.forbidden = null;
                await(() -> informers.unread().isEmpty());
                var there = Samples.merge("there");
                there.getMetadata().setNamespace("gone");
                cluster.client.resource(there).create();
                await(() -> !cluster.jobs("gone").isEmpty());
            } finally {
                operator.stop();
            }
        }
    }

    private LetheOperator operator(FakeCluster cluster, Clock clock) {
        var leadership = new Leadership(meters);
        var gauges = new JobGauges(meters);
        var setup = new LetheOperator.Setup(
                Set.of(FakeCluster.NAMESPACE, "gone"),
                2,
                Duration.ofMillis(100),
                new LetheOperator.Election(false, "lethe-operator", "lethe-system"));
        var controllers = Controllers.of(
                cluster.client,
                Set.of(FakeCluster.NAMESPACE),
                () -> Samples.WORKERS,
                Optional.empty(),
                meters,
                gauges,
                clock);
        var metrics = new ReconcileMetrics(meters, leadership, gauges, clock);
        return new LetheOperator(cluster.client, setup, controllers, metrics, leadership);
    }

    private double gauge(String name, String... tags) {
        return meters.get(name).tags(tags).gauge().value();
    }
}
