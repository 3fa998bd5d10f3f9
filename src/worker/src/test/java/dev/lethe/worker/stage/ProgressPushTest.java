package dev.lethe.worker.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressPushTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    static Path keys;

    private static KeyStore store;
    private static KeyStore renewed;

    @TempDir
    Path folder;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private HttpsServer server;
    private Path token;
    private Path authority;

    @BeforeAll
    static void makeCertificates() throws Exception {
        store = certificate("first");
        renewed = certificate("renewed");
    }

    private static KeyStore certificate(String name) throws Exception {
        Path file = keys.resolve(name + ".p12");
        var keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "s",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            made.load(in, PASSWORD);
        }
        return made;
    }

    @BeforeEach
    void begin() throws Exception {
        server = serve(store, 0);
        token = Path.of(write(folder.resolve("token"), "first\n"));
        authority = Path.of(write(folder.resolve("ca.crt"), pem(store)));
    }

    private HttpsServer serve(KeyStore certificate, int port) throws Exception {
        var identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        identity.init(certificate, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(identity.getKeyManagers(), null, null);
        var serving = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        serving.setHttpsConfigurator(new HttpsConfigurator(context));
        serving.createContext("/status", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + Documents.mapper()
                            .readTree(body)
                            .at("/trainerStatus/metrics/0/value")
                            .asLong());
            exchange.sendResponseHeaders(503, -1); // whatever is answered, the stage goes on
            exchange.close();
        });
        serving.start();
        return serving;
    }

    private static String pem(KeyStore certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(certificate.getCertificate("s").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theFirstIsSentAtOnceAndTheLastAtTheEndWithTheTokenOfThatTime() throws Exception {
        try (ProgressPush push = ProgressPush.of(environment(authority)).orElseThrow()) {
            push.offer(at(1));
            push.offer(at(2));
            push.offer(at(3));
            assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("Bearer first 1");
            write(token, "second\n");
        }
        assertThat(received).containsExactly("Bearer second 3");
    }

    @Test
    void whatCannotBeSentIsLostAndNothingElse() throws Exception {
        Files.delete(token);
        try (ProgressPush push = ProgressPush.of(environment(authority)).orElseThrow()) {
            push.offer(at(1));
        }
        assertThat(ProgressPush.of(environment(folder.resolve("none")))).isEmpty();
        assertThat(ProgressPush.of(Map.of())).isEmpty();
        server.stop(0);
        write(token, "first");
        try (ProgressPush push = ProgressPush.of(environment(authority)).orElseThrow()) {
            push.offer(at(1));
        }
        assertThat(received).isEmpty();
    }

    @Test
    void aNewAuthorityIsTrustedAsSoonAsItsFileIsThere() throws Exception {
        try (ProgressPush push =
                ProgressPush.of(environment(authority), Duration.ZERO).orElseThrow()) {
            push.offer(at(1));
            assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("Bearer first 1");
            int port = server.getAddress().getPort();
            server.stop(0);
            server = serve(renewed, port);
            push.offer(at(2));
            Thread.sleep(500);
            write(authority, "half of a");
            push.offer(at(3));
            Thread.sleep(500);
            assertThat(received).as("the certificate is none that is trusted").isEmpty();

            write(authority, pem(renewed));
            push.offer(at(4));
            assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("Bearer first 4");
        }
    }

    @Test
    void theLastOneIsSentAgainAtTheEndIfItDidNotArrive() throws Exception {
        write(authority, pem(renewed));
        try (ProgressPush push = ProgressPush.of(environment(authority)).orElseThrow()) {
            push.offer(at(1));
            Thread.sleep(500);
            write(authority, pem(store));
        }
        assertThat(received).containsExactly("Bearer first 1");
    }

    private Map<String, String> environment(Path ca) {
        return Map.of(
                "KUBEFLOW_TRAINER_SERVER_URL",
                "https://127.0.0.1:" + server.getAddress().getPort() + "/status",
                "KUBEFLOW_TRAINER_SERVER_CA_CERT",
                ca.toString(),
                "KUBEFLOW_TRAINER_SERVER_TOKEN",
                token.toString());
    }

    private static Progress at(long step) {
        return new Progress(step, 10, "steps", null, null, null, null, null, NOW);
    }

    private static String write(Path file, String text) {
        try {
            return Files.writeString(file, text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
