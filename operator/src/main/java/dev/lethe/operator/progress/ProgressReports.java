package dev.lethe.operator.progress;

import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.stage.StageSource;
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

/** Judges reports: a pod may speak of the open attempt that it belongs to, and of nothing else. */
final class ProgressReports {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int MOST_IN_A_WINDOW = 20;

    private record Window(Instant end, int count) {}

    /** By their plural names. */
    private final Map<String, ? extends StageSource> kinds;

    private final Callers callers;
    private final ProgressWrites writes;
    private final Clock clock;

    /** Of stages whose own pods reported, and of no others. */
    private final Map<ProgressWrites.Key, Window> windows = new ConcurrentHashMap<>();

    ProgressReports(Map<String, ? extends StageSource> kinds, Callers callers, ProgressWrites writes, Clock clock) {
        this.kinds = kinds;
        this.callers = callers;
        this.writes = writes;
        this.clock = clock;
    }

    /**
     * Why a report is not even read: its token names no pod, or one that is not known as the pod of the stage's open attempt.
     * Nobody is asked for it. Who invents a token would have to know the pod's UID to get past it.
     */
    Optional<Answer> objection(ProgressWrites.Key stage, Optional<String> token) {
        var claims = claims(token);
        if (claims.isEmpty()) {
            return Optional.of(Answer.NO_TOKEN);
        }
        return belongs(claims.get(), stage) ? Optional.empty() : Optional.of(Answer.NOT_YOURS);
    }

    /** Takes one report, or says why not. Asks the API server whether the token is what it says, if nothing speaks against it. */
    Answer take(ProgressWrites.Key stage, Optional<String> token, byte[] body) {
        var objection = objection(stage, token);
        if (objection.isPresent()) {
            return objection.get();
        }
        var claims = claims(token).orElseThrow();
        try {
            if (!callers.vouchedFor(token.orElseThrow(), claims)) {
                return Answer.NO_TOKEN;
            }
        } catch (KubernetesClientException e) {
            return Answer.NOT_NOW;
        }
        if (!admits(stage)) {
            return Answer.TOO_MANY;
        }
        try {
            var progress = TrainerStatus.parse(body, clock.instant());
            writes.offer(stage, new ProgressWrites.Report(progress, () -> stage(stage)
                    .filter(now -> belongs(claims, stage))));
            return Answer.TAKEN;
        } catch (IllegalArgumentException e) {
            return Answer.invalid(e.getMessage());
        }
    }

    private Optional<TokenClaims> claims(Optional<String> token) {
        return token.flatMap(it -> TokenClaims.read(it, clock.instant()));
    }

    private Optional<LetheObject> stage(ProgressWrites.Key key) {
        return Optional.ofNullable(kinds.get(key.kind())).flatMap(kind -> kind.stage(key.namespace(), key.name()));
    }

    /** Whether the pod is one of the stage's open attempt, as the informers have both. */
    private boolean belongs(TokenClaims claims, ProgressWrites.Key key) {
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
                .flatMap(attempt -> kinds.get(kind).pods(stage, attempt).stream());
    }

    private boolean admits(ProgressWrites.Key stage) {
        var now = clock.instant();
        windows.values().removeIf(window -> !now.isBefore(window.end));
        var window = windows.merge(
                stage, new Window(now.plus(WINDOW), 1), (open, one) -> new Window(open.end, open.count + 1));
        return window.count <= MOST_IN_A_WINDOW;
    }
}
