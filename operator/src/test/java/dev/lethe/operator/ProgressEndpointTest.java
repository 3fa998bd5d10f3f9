package dev.lethe.operator;

import static dev.lethe.operator.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Kind;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.progress.ProgressEndpoint;
import dev.lethe.operator.progress.ProgressEndpoint.Limits;
import dev.lethe.operator.stage.StageLister;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports over TLS on loopback, as a worker sends them, and as strangers do. */
class ProgressEndpointTest {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** A busy machine may need long for a handshake. */
    private static final Duration UNHURRIED = Duration.ofMinutes(1);

    /** An address may have a quarter of them. */
    private static final int CONNECTIONS = 32;

    @TempDir
    static Path keys;

    private static Certificate certificate;

    @TempDir
    Path tls;

    private final FakeCluster cluster = new FakeCluster();
    private final Rounds rounds = new Rounds(cluster);
    private final Vertx vertx = Vertx.vertx();
    private ProgressEndpoint endpoint;
    private HttpClient http;
    private int port;
    private LetheObject stage;
    private String token;

    private record Merges(FakeCluster cluster) implements StageLister {
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
        public List<Pod> pods(LetheObject stage, String attempt) {
            return cluster.job(stage, attempt).map(cluster::pods).orElse(List.of());
        }
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(keys);
    }

    @BeforeEach
    void aStageAtWork() throws Exception {
        certificate.writeTo(tls.resolve("tls.crt"), tls.resolve("tls.key"));
        endpoint = serving(UNHURRIED);
        http = HttpClient.newBuilder().sslContext(certificate.client()).build();
        stage = cluster.client.resource(Samples.merge("m")).create();
        rounds.round();
        rounds.round();
        new Workers(cluster).step();
        rounds.round();
        token = token("ns", pod().getUid());
    }

    /** One that serves from now on, and is the one to which reports go. */
    private ProgressEndpoint serving(Duration deadline) {
        var limits = new Limits(CONNECTIONS, deadline, Duration.ofSeconds(1), Duration.ofMillis(100));
        var serving = new ProgressEndpoint(cluster.client, vertx, limits);
        port = serving.serve(List.of(new Merges(cluster)), 0, this::read);
        return serving;
    }

    private PemKeyCertOptions read() {
        try {
            return new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(Files.readAllBytes(tls.resolve("tls.crt"))))
                    .addKeyValue(Buffer.buffer(Files.readAllBytes(tls.resolve("tls.key"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        http.close();
        endpoint.close();
        vertx.close();
        cluster.close();
    }

    @Test
    void aPodReportsOfItsOwnAttemptAlone() throws Exception {
        assertThat(post("m", token, step(1))).isEqualTo(200);
        assertThat(post("m", token, "{}")).isEqualTo(400);
        assertThat(post("m", token, step(1) + "}")).as("something follows").isEqualTo(400);
        assertThat(cluster.reviews).as("a token is asked about once").hasValue(1);

        cluster.client.resource(Samples.merge("other")).create();
        rounds.round();
        rounds.round();
        new Workers(cluster).step("other");
        assertThat(cluster.jobs()).hasSize(2);
        assertThat(post("other", token, step(1))).as("another stage's pod").isEqualTo(403);

        new Workers(cluster).step("m");
        rounds.round();
        assertThat(post("m", token, step(2))).as("the attempt has ended").isEqualTo(403);
        assertThat(cluster.reviews).hasValue(1);
    }

    @Test
    void strangersCostTheApiServerNothing() throws Exception {
        assertThat(post("m", null, step(1))).isEqualTo(401);
        assertThat(post("m", "garbage", step(1))).isEqualTo(401);
        assertThat(post("m", "a.b.c", step(1))).isEqualTo(401);
        assertThat(post(
                        "m",
                        unsigned("[\"lethe-progress\"]", "ns", pod().getUid(), -3600) + FakeCluster.SIGNATURE,
                        step(1)))
                .as("expired")
                .isEqualTo(401);
        assertThat(post(
                        "m",
                        unsigned("\"https://kubernetes.default.svc\"", "ns", pod().getUid(), 600)
                                + FakeCluster.SIGNATURE,
                        step(1)))
                .as("for another audience")
                .isEqualTo(401);
        assertThat(post("m", token("elsewhere", pod().getUid()), step(1))).isEqualTo(403);
        assertThat(post("m", token("ns", UUID.randomUUID().toString()), step(1)))
                .as("another pod's UID")
                .isEqualTo(403);
        assertThat(post("none", token, step(1)))
                .as("what is not there answers as what is another's")
                .isEqualTo(403);
        assertThat(post("../../../../api", token, step(1))).isEqualTo(404);
        assertThat(cluster.reviews).hasValue(0);
    }

    @Test
    void whoIsRefusedOftenIsNotLookedAtForAWhile() throws Exception {
        var codes = new ArrayList<Integer>();
        for (var request = 0; request < 40; request++) {
            codes.add(post("m", "garbage" + request, step(1)));
        }
        assertThat(codes.subList(0, 20)).containsOnly(401);
        assertThat(codes.subList(20, 40)).containsOnly(429);
        assertThat(cluster.reviews).hasValue(0);
    }

    @Test
    void aForgedTokenIsAskedAboutOnceAndARevokedOneTakenNoMore() throws Exception {
        var forged = unsigned("\"lethe-progress\"", "ns", pod().getUid(), 600) + ".forged";
        for (var request = 0; request < 5; request++) {
            assertThat(post("m", forged, step(1))).isEqualTo(401);
        }
        assertThat(cluster.reviews).hasValue(1);
        cluster.revoked.add(token);
        assertThat(post("m", token, step(1))).isEqualTo(401);
    }

    @Test
    void aBodyThatIsTooLargeIsNotWaitedFor() throws Exception {
        var large = " ".repeat(70_000);
        assertThat(post("m", token, large)).isEqualTo(413);
        var chunks = IntStream.range(0, 70).mapToObj(it -> " ".repeat(1000).getBytes(StandardCharsets.UTF_8));
        assertThat(post("m", token, BodyPublishers.ofByteArrays(chunks.toList())))
                .isEqualTo(413);
        assertThat(cluster.reviews).hasValue(0);
    }

    @Test
    void aConnectionHasAFewSecondsForAllOfItsReport() throws Exception {
        var begun = Instant.now();
        try (var _ = serving(DEADLINE);
                var silent = connect();
                var slow = connect()) {
            slow.getOutputStream().write("POST / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            silent.setSoTimeout(30_000);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(Duration.between(begun, Instant.now())).isGreaterThan(DEADLINE.dividedBy(2));
            await(() -> ended(slow));
        }
    }

    @Test
    void anAddressHasSoManyConnectionsAndOthersStillReport() throws Exception {
        try (var _ = serving(UNHURRIED)) {
            var open = new ArrayList<SSLSocket>();
            for (var connection = 0; connection < CONNECTIONS; connection++) {
                open.add(connect());
            }
            await(() -> open.stream().filter(it -> !ended(it)).count() == CONNECTIONS / 4);
            open.forEach(ProgressEndpointTest::close);
            await(() -> post("m", token, step(1)) == 200);
        }
    }

    @Test
    void aNewCertificateIsServedWithoutARestart() throws Exception {
        assertThat(post("m", token, step(1))).isEqualTo(200);
        Files.writeString(tls.resolve("tls.crt"), "half of a");
        Thread.sleep(500);
        for (var handshake = 0; handshake < 50; handshake++) { // at every distance from a look at the files
            connect().close();
        }
        assertThat(post("m", token, step(1))).as("what is broken is not served").isEqualTo(200);

        var renewed = Certificate.make(keys);
        renewed.writeTo(tls.resolve("tls.crt"), tls.resolve("tls.key"));
        Thread.sleep(500);
        assertThatThrownBy(() -> post("m", token, step(2))).isInstanceOf(SSLHandshakeException.class);
        http = HttpClient.newBuilder().sslContext(renewed.client()).build();
        assertThat(post("m", token, step(2))).isEqualTo(200);
    }

    @Test
    void statusesAreWrittenSeldomAndTheLastReportIsNotLost() throws Exception {
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

    private ObjectMeta pod() {
        return cluster.pods(stage).getFirst().getMetadata();
    }

    /** As the API server signs it. */
    private String token(String namespace, String podUid) {
        return unsigned("[\"lethe-progress\"]", namespace, podUid, 600) + FakeCluster.SIGNATURE;
    }

    private String unsigned(String audience, String namespace, String podUid, int seconds) {
        var payload =
                """
                {"aud": %s, "exp": %d, "iss": "x", "sub": "system:serviceaccount:%s:default",
                 "kubernetes.io": {"namespace": "%3$s", "pod": {"name": "%s", "uid": "%s"}, "node": {}}}"""
                        .formatted(
                                audience,
                                Instant.now().plusSeconds(seconds).getEpochSecond(),
                                namespace,
                                pod().getName(),
                                podUid);
        return Stream.of("{\"alg\": \"RS256\"}", payload)
                .map(it -> Base64.getUrlEncoder().withoutPadding().encodeToString(it.getBytes(StandardCharsets.UTF_8)))
                .reduce((head, claims) -> head + "." + claims)
                .orElseThrow();
    }

    private int post(String name, String bearer, String body) throws Exception {
        return post(name, bearer, BodyPublishers.ofString(body));
    }

    private int post(String name, String bearer, BodyPublisher body) throws Exception {
        var url = "https://127.0.0.1:%d/apis/lethe.dev/v1alpha1/namespaces/ns/modelmerges/%s/status"
                .formatted(port, name);
        var request = HttpRequest.newBuilder(URI.create(url)).POST(body);
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private SSLSocket connect() throws Exception {
        var socket = (SSLSocket) certificate.client().getSocketFactory().createSocket("127.0.0.1", port);
        socket.startHandshake();
        return socket;
    }

    /** Whether the other side has closed it. */
    private static boolean ended(SSLSocket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() == -1;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void close(SSLSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String step(int step) {
        return """
                {"trainerStatus": {"metrics": [{"name": "step", "value": "%d"}, {"name": "steps", "value": "100"}]}}"""
                .formatted(step);
    }
}
