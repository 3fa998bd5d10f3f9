package dev.lethe.operator.progress;

import dev.lethe.api.stage.ProgressPost;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.stage.StageSource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SSLOptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of progress: on every replica, as a Service sends a worker to any of them. Strangers may reach it, so a
 * connection is one report and has a few seconds for all of it, what speaks against a report is said before its body is read,
 * and everything that a caller can make grow has a bound.
 */
@Singleton
public class ProgressEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressEndpoint.class);

    private static final Pattern PATH = Pattern.compile(
            "/apis/" + LetheObject.GROUP + "/" + LetheObject.VERSION + "/namespaces/([^/]+)/([^/]+)/([^/]+)/status");
    private static final String BEARER = "Bearer ";

    /** A token of a pod has some 1,200 bytes. */
    private static final int MAX_HEADERS = 16 * 1024;

    private static final int MAX_FIRST_LINE = 1024;

    /** Who is refused may send that long what nobody reads, so that the answer reaches it. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** Reports about which the API server is asked at once, and those that may wait for it. */
    private static final int REVIEWS = 8;

    private static final int MOST_WAITING = 256;

    /**
     * What callers are held to.
     *
     * @param connections at a time, of all addresses together
     * @param deadline for a connection, from its handshake to its end
     * @param writeEvery the least time between two writes to one stage
     * @param reloadEvery how often the certificate's files are looked at
     */
    public record Bounds(int connections, Duration deadline, Duration writeEvery, Duration reloadEvery) {
        public static final Bounds SHIPPED =
                new Bounds(1024, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    private final Clock clock = Clock.systemUTC();
    private final Vertx vertx;
    private final Bounds bounds;
    private final Callers callers;
    private final ProgressWrites writes;
    private final Peers peers;
    private final WorkerExecutor reviewers;

    /** Of the server's one thread alone, as the exchanges and the peers are. */
    private int waiting;

    private volatile @Nullable HttpServer server;

    @Inject
    ProgressEndpoint(KubernetesClient client, Vertx vertx) {
        this(client, vertx, Bounds.SHIPPED);
    }

    public ProgressEndpoint(KubernetesClient client, Vertx vertx, Bounds bounds) {
        this.vertx = vertx;
        this.bounds = bounds;
        this.callers = new Callers(client, clock);
        this.writes = new ProgressWrites(client, clock, bounds.writeEvery);
        this.peers = new Peers(bounds.connections, clock);
        this.reviewers = vertx.createSharedWorkerExecutor("lethe-progress-review", REVIEWS);
    }

    /**
     * From now on reports are taken.
     *
     * @param port any free one where 0
     * @return the port
     * @throws java.io.UncheckedIOException if the certificate cannot be read
     * @throws java.util.concurrent.CompletionException if the port is taken, or the certificate is none
     */
    public int serve(List<? extends StageSource> kinds, int port, ServedCertificate certificate) {
        var byPlural = kinds.stream()
                .collect(Collectors.toMap(
                        it -> LetheObject.of(it.kind()).getPlural(), Function.<StageSource>identity()));
        var reports = new ProgressReports(byPlural, callers, writes, clock);
        var options = options(port, certificate);
        var created = vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .requestHandler(request -> new Exchange(request, reports).begin());
        server = created;
        created.listen().toCompletionStage().toCompletableFuture().join();
        vertx.setPeriodic(
                bounds.reloadEvery.toMillis(), timer -> reload(created, options.getSslOptions(), certificate));
        return created.actualPort();
    }

    private HttpServerOptions options(int port, ServedCertificate certificate) {
        return new HttpServerOptions()
                .setPort(port)
                .setSsl(true)
                .setKeyCertOptions(certificate.read())
                .setSslHandshakeTimeout(bounds.deadline.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                // HTTP/1.1 alone: one connection is one report.
                .setUseAlpn(false)
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxInitialLineLength(MAX_FIRST_LINE);
    }

    /** Nothing changes while the files are the same; while they cannot be used, what was served is served on. */
    private void reload(HttpServer running, SSLOptions options, ServedCertificate certificate) {
        vertx.executeBlocking(() -> usable(certificate), false)
                .compose(read -> running.updateSSLOptions(new SSLOptions(options).setKeyCertOptions(read)))
                .onSuccess(updated -> {
                    if (updated) {
                        LOG.info("progress is taken with a new certificate");
                    }
                })
                .onFailure(e -> LOG.warn("the certificate for progress was not replaced: {}", e.getMessage()));
    }

    /** Tried before the server has it: handshakes that come while a server finds that it cannot use a certificate fail. */
    private PemKeyCertOptions usable(ServedCertificate certificate) throws Exception {
        var read = certificate.read();
        read.getKeyManagerFactory(vertx);
        return read;
    }

    private void connected(HttpConnection connection) {
        var address = connection.remoteAddress().hostAddress();
        if (!peers.connects(address)) {
            connection.close();
            return;
        }
        var deadline = vertx.setTimer(bounds.deadline.toMillis(), timer -> connection.close());
        connection.closeHandler(closed -> {
            vertx.cancelTimer(deadline);
            peers.leaves(address);
        });
    }

    /** One report: its head, perhaps its body, and the answer, after which the connection ends. */
    private final class Exchange {
        private final HttpServerRequest request;
        private final ProgressReports reports;
        private final String address;
        private final Buffer body = Buffer.buffer();
        private boolean answered;

        Exchange(HttpServerRequest request, ProgressReports reports) {
            this.request = request;
            this.reports = reports;
            this.address = request.remoteAddress().hostAddress();
        }

        void begin() {
            try {
                judge();
            } catch (RuntimeException e) {
                LOG.debug("a report of progress was not judged", e); // such as a stage that this version cannot read
                answer(Answer.NOT_NOW);
            }
        }

        private void judge() {
            if (peers.refusedTooOften(address)) {
                answer(Answer.REFUSED_TOO_OFTEN);
                return;
            }
            var path = PATH.matcher(request.path());
            if (!request.method().equals(HttpMethod.POST) || !path.matches()) {
                answer(Answer.NO_SUCH_PATH);
                return;
            }
            var stage = new ProgressWrites.Key(path.group(2), path.group(1), path.group(3));
            var token = token();
            reports.objection(stage, token).ifPresentOrElse(this::answer, () -> read(stage, token));
        }

        private Optional<String> token() {
            return Optional.ofNullable(request.getHeader("Authorization"))
                    .filter(header -> header.startsWith(BEARER))
                    .map(header -> header.substring(BEARER.length()).trim());
        }

        private void read(ProgressWrites.Key stage, Optional<String> token) {
            request.handler(chunk -> {
                if (body.length() + chunk.length() <= ProgressPost.MAX_BYTES) {
                    body.appendBuffer(chunk);
                } else {
                    answer(Answer.TOO_LARGE);
                }
            });
            request.endHandler(end -> take(stage, token));
        }

        private void take(ProgressWrites.Key stage, Optional<String> token) {
            if (answered) {
                return;
            }
            if (waiting >= MOST_WAITING) {
                answer(Answer.NOT_NOW);
                return;
            }
            waiting++;
            reviewers
                    .executeBlocking(() -> reports.take(stage, token, body.getBytes()), false)
                    .onComplete(taken -> waiting--)
                    .onSuccess(this::answer)
                    .onFailure(e -> {
                        LOG.warn("a report of progress was not taken", e);
                        answer(Answer.NOT_NOW);
                    });
        }

        private void answer(Answer answer) {
            if (answered) {
                return;
            }
            answered = true;
            if (answer.refusal()) {
                peers.refused(address);
            }
            var connection = request.connection();
            if (request.isEnded()) {
                send(answer).onComplete(sent -> connection.close());
            } else {
                // Closed at once it would take the answer along, as bytes are still to come.
                request.handler(ignored -> {});
                request.endHandler(end -> connection.close());
                send(answer).onComplete(sent -> vertx.setTimer(LINGER.toMillis(), timer -> connection.close()));
            }
        }

        private Future<Void> send(Answer answer) {
            return request.response()
                    .setStatusCode(answer.code())
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Connection", "close")
                    .end(new JsonObject().put("message", answer.message()).encode());
        }
    }

    @Override
    public void close() {
        var running = server;
        if (running != null) {
            running.close();
        }
        reviewers.close();
        writes.close();
    }
}
