package dev.lethe.operator.reconcile;

import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.event.EventRecorder;
import dev.lethe.operator.workload.Labels;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells of other releases that serve a namespace of ours, where they work against us. One of the two makes a stage's Job, so the
 * other one sees a Job that it did not make. Jobs from before our time may be a predecessor's.
 */
public final class OtherReleases {
    /** A release that was removed may have made its last Job by a clock that is ahead of ours. */
    private static final Duration LAST_JOB = Duration.ofMinutes(1);

    private record Other(String release, String namespace) {}

    private final String ours;
    private final EventRecorder recorder;
    private final Instant since;
    private final Set<Other> told = ConcurrentHashMap.newKeySet();

    /** @param ours the mark of our own Jobs */
    public OtherReleases(String ours, EventRecorder recorder, MeterRegistry registry) {
        this.ours = ours;
        this.recorder = recorder;
        this.since = recorder.clock().instant().plus(LAST_JOB);
        Gauge.builder("lethe.overlaps", told, Set::size)
                .description("Namespaces in which another release has made a Job, once for each release")
                .register(registry);
    }

    /** Looks at a Job of a stage; each release is told of once in each namespace. */
    public void look(LetheObject stage, Job job) {
        var meta = job.getMetadata();
        var release = meta.getLabels() == null ? null : meta.getLabels().get(Labels.RELEASE);
        if (release != null
                && !release.equals(ours)
                && Instant.parse(meta.getCreationTimestamp()).isAfter(since)
                && told.add(new Other(release, meta.getNamespace()))) {
            recorder.warn(
                    stage,
                    "ServedTwice",
                    "release %s serves namespace %s as release %s does: it made Job %s; give each watchNamespaces that no other has"
                            .formatted(release, meta.getNamespace(), ours, meta.getName()));
        }
    }
}
