package dev.lethe.operator.progress;

import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.stage.StageLister;
import dev.lethe.planner.stage.StagePlanner;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Authorizes reports and passes them on: a pod may report on the open attempt that it belongs to, and on nothing else. */
final class ProgressHandler {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int MAX_REPORTS = 20;

    private record Window(Instant end, int count) {}

    /** By the plural name of their kind. */
    private final Map<String, ? extends StageLister> listers;

    private final TokenAuthenticator authenticator;
    private final ProgressWriter writer;
    private final Clock clock;

    /** Only stages whose own pods reported have one, so strangers cannot make this map grow. */
    private final Map<ProgressWriter.Key, Window> windows = new ConcurrentHashMap<>();

    ProgressHandler(
            Map<String, ? extends StageLister> listers,
            TokenAuthenticator authenticator,
            ProgressWriter writer,
            Clock clock) {
        this.listers = listers;
        this.authenticator = authenticator;
        this.writer = writer;
        this.clock = clock;
    }

    /**
     * Rejects a report before its body is read, without asking the API server: its token names no pod, or one that is no pod
     * of the stage's open attempt. A forged token would have to name that pod's UID to get past this.
     */
    Optional<ProgressResponse> rejection(ProgressWriter.Key stage, Optional<String> token) {
        var claims = claims(token);
        if (claims.isEmpty()) {
            return Optional.of(ProgressResponse.UNAUTHORIZED);
        }
        return ownsAttempt(claims.get(), stage) ? Optional.empty() : Optional.of(ProgressResponse.FORBIDDEN);
    }

    /** Accepts a report or rejects it; the API server is asked to review its token last. */
    ProgressResponse handle(ProgressWriter.Key stage, Optional<String> token, byte[] body) {
        var rejection = rejection(stage, token);
        if (rejection.isPresent()) {
            return rejection.get();
        }
        var claims = claims(token).orElseThrow();
        try {
            if (!authenticator.accepts(token.orElseThrow(), claims)) {
                return ProgressResponse.UNAUTHORIZED;
            }
        } catch (KubernetesClientException e) {
            return ProgressResponse.UNAVAILABLE;
        }
        if (!withinRateLimit(stage)) {
            return ProgressResponse.RATE_LIMITED;
        }
        try {
            var progress = TrainerStatus.parse(body, clock.instant());
            writer.offer(stage, new ProgressWriter.Report(progress, () -> stage(stage)
                    .filter(now -> ownsAttempt(claims, stage))));
            return ProgressResponse.ACCEPTED;
        } catch (IllegalArgumentException e) {
            return ProgressResponse.invalid(e.getMessage());
        }
    }

    private Optional<TokenClaims> claims(Optional<String> token) {
        return token.flatMap(it -> TokenClaims.read(it, clock.instant()));
    }

    private Optional<LetheObject> stage(ProgressWriter.Key key) {
        return Optional.ofNullable(listers.get(key.kind()))
                .flatMap(lister -> lister.stage(key.namespace(), key.name()));
    }

    /** Whether the informers know the pod as one of the stage's open attempt. */
    private boolean ownsAttempt(TokenClaims claims, ProgressWriter.Key key) {
        if (!claims.namespace().equals(key.namespace())) {
            return false;
        }
        return stage(key).stream()
                .flatMap(stage -> pods(key.kind(), stage))
                .map(Pod::getMetadata)
                .anyMatch(pod ->
                        pod.getName().equals(claims.pod()) && pod.getUid().equals(claims.podUid()));
    }

    private Stream<Pod> pods(String kind, LetheObject stage) {
        return StagePlanner.openAttempt(ClusterDocuments.stage(stage)).stream()
                .flatMap(attempt -> listers.get(kind).pods(stage, attempt).stream());
    }

    private boolean withinRateLimit(ProgressWriter.Key stage) {
        var now = clock.instant();
        windows.values().removeIf(window -> !now.isBefore(window.end));
        var window = windows.merge(
                stage, new Window(now.plus(WINDOW), 1), (before, first) -> new Window(before.end, before.count + 1));
        return window.count <= MAX_REPORTS;
    }
}
