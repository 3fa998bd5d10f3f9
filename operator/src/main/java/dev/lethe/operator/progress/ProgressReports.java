package dev.lethe.operator.progress;

import dev.lethe.api.status.Progress;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.operator.progress.Callers.Caller;
import dev.lethe.operator.stage.StageSource;
import dev.lethe.pipeline.stage.StagePlanner;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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
    private final Map<ProgressWrites.Key, Window> windows = new ConcurrentHashMap<>();

    ProgressReports(Map<String, ? extends StageSource> kinds, Callers callers, ProgressWrites writes, Clock clock) {
        this.kinds = kinds;
        this.callers = callers;
        this.writes = writes;
        this.clock = clock;
    }

    /** Takes one report, or says why not. */
    Answer take(ProgressWrites.Key key, Optional<String> token, String body) {
        var caller = token.flatMap(callers::of);
        if (caller.isEmpty()) {
            return Answer.NO_TOKEN;
        }
        if (!caller.get().namespace().equals(key.namespace())) {
            return Answer.NOT_YOURS;
        }
        var source = Optional.ofNullable(kinds.get(key.kind()));
        var stage = source.flatMap(it -> it.stage(key.namespace(), key.name()));
        if (stage.isEmpty()) {
            return Answer.NO_STAGE;
        }
        var attempt = pod(source.get(), caller.get()).flatMap(ProgressReports::attempt);
        if (attempt.isEmpty() || !isOpen(stage.get(), attempt.get())) {
            return Answer.NOT_YOURS;
        }
        if (!admits(key)) {
            return Answer.TOO_MANY;
        }
        Progress progress;
        try {
            progress = TrainerStatus.parse(body, clock.instant());
        } catch (IllegalArgumentException e) {
            return Answer.invalid(e.getMessage());
        }
        writes.offer(key, new ProgressWrites.Report(progress, () -> source.get()
                .stage(key.namespace(), key.name())
                .filter(now -> isOpen(now, attempt.get()))));
        return Answer.TAKEN;
    }

    /** The pod that the token is bound to, if it is still the same. */
    private static Optional<Pod> pod(StageSource source, Caller caller) {
        return Optional.ofNullable(caller.pod())
                .flatMap(name -> source.pod(caller.namespace(), name))
                .filter(pod -> pod.getMetadata().getUid().equals(caller.podUid()));
    }

    /** The name of the Job that controls a pod, which is the attempt's. */
    private static Optional<String> attempt(Pod pod) {
        return Ownership.controllers(pod)
                .filter(owner -> owner.getKind().equals("Job"))
                .map(owner -> owner.getName())
                .findFirst();
    }

    private static boolean isOpen(LetheObject stage, String attempt) {
        return StagePlanner.openAttempt(ClusterDocuments.stage(stage))
                .filter(attempt::equals)
                .isPresent();
    }

    private boolean admits(ProgressWrites.Key key) {
        var now = clock.instant();
        windows.values().removeIf(window -> !now.isBefore(window.end));
        var window = windows.merge(
                key, new Window(now.plus(WINDOW), 1), (open, one) -> new Window(open.end, open.count + 1));
        return window.count <= MOST_IN_A_WINDOW;
    }
}
