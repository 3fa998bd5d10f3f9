package dev.lethe.operator.progress;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.stage.StageSource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The HTTP side of progress: on every replica, as a Service sends a worker to any of them. */
@Singleton
public class ProgressEndpoint implements AutoCloseable {
    static final int MAX_BODY = 64 * 1024;

    private static final String PATH =
            "/apis/" + LetheObject.GROUP + "/" + LetheObject.VERSION + "/namespaces/:namespace/:kind/:name/status";
    private static final String BEARER = "Bearer ";
    private static final Duration WRITE_EVERY = Duration.ofSeconds(10);

    private final Clock clock = Clock.systemUTC();
    private final Callers callers;
    private final ProgressWrites writes;
    private volatile @Nullable ProgressReports reports;

    @Inject
    ProgressEndpoint(KubernetesClient client) {
        this(client, WRITE_EVERY);
    }

    /** @param writeEvery the least time between two writes to one stage */
    public ProgressEndpoint(KubernetesClient client, Duration writeEvery) {
        this.callers = new Callers(client, clock);
        this.writes = new ProgressWrites(client, clock, writeEvery);
    }

    /** Adds the endpoint to a server. */
    public void route(@Observes Router router) {
        router.post(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                .blockingHandler(this::answer, false);
    }

    /** From now on reports are taken. */
    public void serve(List<? extends StageSource> kinds) {
        var byPlural = kinds.stream()
                .collect(Collectors.toMap(
                        it -> LetheObject.of(it.kind()).getPlural(), Function.<StageSource>identity()));
        reports = new ProgressReports(byPlural, callers, writes, clock);
    }

    private void answer(RoutingContext request) {
        var serving = reports;
        var key = new ProgressWrites.Key(
                request.pathParam("kind"), request.pathParam("namespace"), request.pathParam("name"));
        var body = request.body().asString(StandardCharsets.UTF_8.name());
        var answer = serving == null ? Answer.NOT_READY : serving.take(key, token(request), body == null ? "" : body);
        request.response()
                .setStatusCode(answer.code())
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("message", answer.message()).encode());
    }

    private static Optional<String> token(RoutingContext request) {
        return Optional.ofNullable(request.request().getHeader("Authorization"))
                .filter(header -> header.startsWith(BEARER))
                .map(header -> header.substring(BEARER.length()).trim());
    }

    @Override
    public void close() {
        writes.close();
    }
}
