package dev.lethe.operator.progress;

import dev.lethe.api.stage.ProgressPost;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.stage.StageLister;
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
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTPS server for progress. It runs on every replica, as a Service sends a worker to any of them. Strangers may reach
 * it, so a connection carries one report and has a few seconds for it, a report is rejected before its body is read, and
 * everything that a caller can make grow is bounded.
 */
@Singleton
public class ProgressEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressEndpoint.class);

    private static final Pattern PATH = Pattern.compile(
            "/apis/" + LetheObject.GROUP + "/" + LetheObject.VERSION + "/namespaces/([^/]+)/([^/]+)/([^/]+)/status");
    private static final String BEARER = "Bearer ";

    /** A token of a pod has some 1,200 bytes. */
    private static final int MAX_HEADERS = 16 * 1024;

    private static final int MAX_REQUEST_LINE = 1024;

    /** How long a rejected caller may go on sending, so that the response reaches it before the connection closes. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** Token reviews at once, and reports that may wait for one. */
    private static final int REVIEW_THREADS = 8;

    private static final int MAX_WAITING = 256;

    /**
     * The limits for callers.
     *
     * @param connections at a time, of all addresses together
     * @param deadline for a connection, from its handshake to its end
     * @param writeEvery the least time between two writes to one stage
     * @param reloadEvery how often the certificate is read anew
     */
    public record Limits(int connections, Duration deadline, Duration writeEvery, Duration reloadEvery) {
        public static final Limits DEFAULTS =
                new Limits(1024, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    private final Clock clock = Clock.systemUTC();
    private final Vertx vertx;
    private final Limits limits;
    private final TokenAuthenticator authenticator;
    private final ProgressWriter writer;
    private final AddressLimiter addresses;
    private final WorkerExecutor reviewers;

    /** Reports that wait for a review. Only the server's one thread uses it, as it does the exchanges and the limiter. */
    private int waiting;

    private volatile @Nullable HttpServer server;

    @Inject
    ProgressEndpoint(KubernetesClient client, Vertx vertx) {
        this(client, vertx, Limits.DEFAULTS);
    }

    public ProgressEndpoint(KubernetesClient client, Vertx vertx, Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
        this.authenticator = new TokenAuthenticator(client, clock);
        this.writer = new ProgressWriter(client, clock, limits.writeEvery);
        this.addresses = new AddressLimiter(limits.connections, clock);
        this.reviewers = vertx.createSharedWorkerExecutor("lethe-progress-review", REVIEW_THREADS);
    }

    /**
     * Starts to accept reports.
     *
     * @param port any free one where 0
     * @param certificate reads it anew, and throws where it cannot be read
     * @return the port
     * @throws java.util.concurrent.CompletionException if the port is taken, or the certificate is invalid
     */
    public int serve(List<? extends StageLister> listers, int port, Supplier<PemKeyCertOptions> certificate) {
        var byPlural = listers.stream()
                .collect(Collectors.toMap(
                        it -> LetheObject.of(it.kind()).getPlural(), Function.<StageLister>identity()));
        var handler = new ProgressHandler(byPlural, authenticator, writer, clock);
        var options = options(port, certificate);
        var created = vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .requestHandler(request -> new Exchange(request, handler).begin());
        server = created;
        created.listen().toCompletionStage().toCompletableFuture().join();
        vertx.setPeriodic(
                limits.reloadEvery.toMillis(), timer -> reload(created, options.getSslOptions(), certificate));
        return created.actualPort();
    }

    private HttpServerOptions options(int port, Supplier<PemKeyCertOptions> certificate) {
        return new HttpServerOptions()
                .setPort(port)
                .setSsl(true)
                .setKeyCertOptions(certificate.get())
                .setSslHandshakeTimeout(limits.deadline.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                // HTTP/1.1 alone: one connection is one report.
                .setUseAlpn(false)
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxInitialLineLength(MAX_REQUEST_LINE);
    }

    /** Replaces the certificate once it has changed; the present one stays while the new one cannot be used. */
    private void reload(HttpServer running, SSLOptions options, Supplier<PemKeyCertOptions> certificate) {
        vertx.executeBlocking(() -> validated(certificate), false)
                .compose(read -> running.updateSSLOptions(new SSLOptions(options).setKeyCertOptions(read)))
                .onSuccess(updated -> {
                    if (updated) {
                        LOG.info("progress is taken with a new certificate");
                    }
                })
                .onFailure(e -> LOG.warn("the certificate for progress was not replaced: {}", e.getMessage()));
    }

    /** Tries the certificate before the server gets it: a server fails all handshakes while it has one that it cannot use. */
    private PemKeyCertOptions validated(Supplier<PemKeyCertOptions> certificate) throws Exception {
        var read = certificate.get();
        read.getKeyManagerFactory(vertx);
        return read;
    }

    private void connected(HttpConnection connection) {
        var address = connection.remoteAddress().hostAddress();
        if (!addresses.tryConnect(address)) {
            connection.close();
            return;
        }
        var deadline = vertx.setTimer(limits.deadline.toMillis(), timer -> connection.close());
        connection.closeHandler(closed -> {
            vertx.cancelTimer(deadline);
            addresses.disconnect(address);
        });
    }

    /** One report: its head, perhaps its body, and the response, after which the connection closes. */
    private final class Exchange {
        private final HttpServerRequest request;
        private final ProgressHandler handler;
        private final String address;
        private final Buffer body = Buffer.buffer();
        private boolean responded;

        Exchange(HttpServerRequest request, ProgressHandler handler) {
            this.request = request;
            this.handler = handler;
            this.address = request.remoteAddress().hostAddress();
        }

        void begin() {
            try {
                route();
            } catch (RuntimeException e) {
                LOG.debug("a report of progress was not judged", e); // such as a stage that this version cannot read
                respond(ProgressResponse.UNAVAILABLE);
            }
        }

        private void route() {
            if (addresses.blocked(address)) {
                respond(ProgressResponse.ADDRESS_BLOCKED);
                return;
            }
            var path = PATH.matcher(request.path());
            if (!request.method().equals(HttpMethod.POST) || !path.matches()) {
                respond(ProgressResponse.NOT_FOUND);
                return;
            }
            var stage = new ProgressWriter.Key(path.group(2), path.group(1), path.group(3));
            var token = token();
            handler.rejection(stage, token).ifPresentOrElse(this::respond, () -> readBody(stage, token));
        }

        private Optional<String> token() {
            return Optional.ofNullable(request.getHeader("Authorization"))
                    .filter(header -> header.startsWith(BEARER))
                    .map(header -> header.substring(BEARER.length()).trim());
        }

        private void readBody(ProgressWriter.Key stage, Optional<String> token) {
            request.handler(chunk -> {
                if (body.length() + chunk.length() <= ProgressPost.MAX_BYTES) {
                    body.appendBuffer(chunk);
                } else {
                    respond(ProgressResponse.TOO_LARGE);
                }
            });
            request.endHandler(end -> handle(stage, token));
        }

        private void handle(ProgressWriter.Key stage, Optional<String> token) {
            if (responded) {
                return;
            }
            if (waiting >= MAX_WAITING) {
                respond(ProgressResponse.UNAVAILABLE);
                return;
            }
            waiting++;
            reviewers
                    .executeBlocking(() -> handler.handle(stage, token, body.getBytes()), false)
                    .onComplete(taken -> waiting--)
                    .onSuccess(this::respond)
                    .onFailure(e -> {
                        LOG.warn("a report of progress was not taken", e);
                        respond(ProgressResponse.UNAVAILABLE);
                    });
        }

        private void respond(ProgressResponse response) {
            if (responded) {
                return;
            }
            responded = true;
            if (response.clientError()) {
                addresses.countRefusal(address);
            }
            var connection = request.connection();
            if (request.isEnded()) {
                send(response).onComplete(sent -> connection.close());
            } else {
                // Bytes are still to come: closing now would reset the connection before the response is read.
                request.handler(ignored -> {});
                request.endHandler(end -> connection.close());
                send(response).onComplete(sent -> vertx.setTimer(LINGER.toMillis(), timer -> connection.close()));
            }
        }

        private Future<Void> send(ProgressResponse response) {
            return request.response()
                    .setStatusCode(response.code())
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Connection", "close")
                    .end(new JsonObject().put("message", response.message()).encode());
        }
    }

    @Override
    public void close() {
        var running = server;
        if (running != null) {
            running.close();
        }
        reviewers.close();
        writer.close();
    }
}
