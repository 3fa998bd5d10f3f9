package dev.lethe.operator.metric;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.StageResourceStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long stages take, how their attempts end, and how long attempts wait to run. */
public record StageMetrics(MeterRegistry registry) {
    private static final Duration[] BUCKETS = {
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        Duration.ofHours(1),
        Duration.ofHours(4),
        Duration.ofHours(12),
        Duration.ofDays(1)
    };

    /**
     * Counts what changed with a new status, after it was written.
     *
     * @param stage with its status before
     * @param job of the attempt that was open before
     */
    public void changed(Resource<?, StageResourceStatus> stage, StageResourceStatus after, Optional<Job> job) {
        var before = stage.status();
        var phase = after.phase();
        var kind = stage.kind();
        if (phase != null && phase.terminal() && after.started() != null && after.finished() != null) {
            timer("lethe.stage.duration", "From a stage's first attempt to its end", kind, "outcome", phase.name())
                    .record(Duration.between(after.started(), after.finished()));
        }
        var known = new HashSet<>(attempts(before));
        for (var attempt : after.attempts()) {
            if (!known.contains(attempt)) {
                changed(kind, attempt, before, job);
            }
        }
    }

    private void changed(Kind kind, Attempt attempt, @Nullable StageResourceStatus before, Optional<Job> job) {
        var hadStarted =
                attempts(before).stream().anyMatch(a -> a.name().equals(attempt.name()) && a.started() != null);
        if (!hadStarted && attempt.started() != null) {
            var started = attempt.started();
            job.map(j -> j.getMetadata().getCreationTimestamp())
                    .map(Instant::parse)
                    .filter(created -> !created.isAfter(started))
                    .ifPresent(created -> timer("lethe.queue.wait", "From a Job's creation to its worker's start", kind)
                            .record(Duration.between(created, started)));
        }
        switch (attempt.state()) {
            case Succeeded, Failed ->
                registry.counter(
                                "lethe.attempts",
                                "kind",
                                kind.name(),
                                "outcome",
                                attempt.reason() == null
                                        ? attempt.state().name()
                                        : attempt.reason().name())
                        .increment();
            case Planned, Running -> {}
        }
    }

    private Timer timer(String name, String description, Kind kind, String... tags) {
        return Timer.builder(name)
                .description(description)
                .tag("kind", kind.name())
                .tags(tags)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private static List<Attempt> attempts(@Nullable StageResourceStatus status) {
        return status == null ? List.of() : status.attempts();
    }
}
