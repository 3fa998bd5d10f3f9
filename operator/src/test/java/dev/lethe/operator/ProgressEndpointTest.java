package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.progress.ProgressEndpoint;
import dev.lethe.operator.stage.StageSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reports over loopback, as a worker sends them. */
class ProgressEndpointTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Rounds rounds = new Rounds(cluster);
    private final ProgressEndpoint endpoint = new ProgressEndpoint(cluster.client, Duration.ofSeconds(1));
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpServer server;
    private LetheObject stage;
    private String token;

    private record Merges(FakeCluster cluster) implements StageSource {
        @Override
        public Kind kind() {
            return Kind.ModelMerge;
        }

        @Override
        public Optional<LetheObject> stage(String namespace, String name) {
            return Optional.ofNullable(cluster.client
                    .resources(LetheObject.ModelMerge.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get());
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return Optional.ofNullable(
                    cluster.client.pods().inNamespace(namespace).withName(name).get());
        }
    }

    @BeforeEach
    void aStageAtWork() throws Exception {
        var router = Router.router(vertx);
        endpoint.route(router);
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        rounds.round();
        new Workers(cluster).step();
        rounds.round();
        token = token("ns");
    }

    @AfterEach
    void close() {
        endpoint.close();
        vertx.close();
        cluster.close();
    }

    @Test
    void aPodReportsOfItsOwnAttemptAlone() throws Exception {
        assertThat(post("m", token, step(1))).isEqualTo(503);
        endpoint.serve(List.of(new Merges(cluster)));

        assertThat(post("m", token, step(1))).isEqualTo(200);
        assertThat(post("m", null, step(1))).isEqualTo(401);
        assertThat(post("m", "forged", step(1))).isEqualTo(401);
        assertThat(post("m", token + "0", step(1))).as("another pod's UID").isEqualTo(403);
        assertThat(post("m", token("elsewhere"), step(1))).isEqualTo(403);
        assertThat(post("none", token, step(1))).isEqualTo(404);
        assertThat(post("m", token, "{}")).isEqualTo(400);
        assertThat(post("m", token, " ".repeat(70_000))).isEqualTo(413);

        new Workers(cluster).step();
        rounds.round();
        assertThat(post("m", token, step(2))).as("the attempt has ended").isEqualTo(403);
    }

    @Test
    void statusesAreWrittenSeldomAndTheLastReportIsNotLost() throws Exception {
        endpoint.serve(List.of(new Merges(cluster)));
        var codes = new ArrayList<Integer>();
        cluster.writes.clear();
        cluster.operatorActs(() -> {
            try {
                for (var step = 1; step <= 21; step++) {
                    codes.add(post("m", token, step(step)));
                }
                for (var wait = 0; wait < 100 && !progress().equals(20L); wait++) {
                    Thread.sleep(50);
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(codes.subList(0, 20)).containsOnly(200);
        assertThat(codes.get(20)).isEqualTo(429);
        assertThat(progress()).isEqualTo(20L);
        assertThat(cluster.writes).hasSizeLessThan(10);
    }

    private Long progress() {
        var progress = rounds.stage(stage).progress();
        return progress == null ? 0 : progress.step();
    }

    private String token(String namespace) {
        var pod = cluster.pods(cluster.jobs().getFirst()).getFirst().getMetadata();
        return namespace + "/" + pod.getName() + "/" + pod.getUid();
    }

    private int post(String name, String bearer, String body) throws Exception {
        var url = "http://127.0.0.1:%d/apis/lethe.dev/v1alpha1/namespaces/ns/modelmerges/%s/status"
                .formatted(server.actualPort(), name);
        var request = HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private static String step(int step) {
        return """
                {"trainerStatus": {"metrics": [{"name": "step", "value": "%d"}, {"name": "steps", "value": "100"}]}}"""
                .formatted(step);
    }
}
