package dev.lethe.operator.metric;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.api.status.Verdict;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Gauges of jobs by phase and verdict. */
public final class JobGauges {
    private static final String NO_VERDICT = "None";

    private record Labels(String phase, String verdict) {}

    private final Map<ResourceID, Labels> jobs = new ConcurrentHashMap<>();

    public JobGauges(MeterRegistry registry) {
        for (var phase : Phase.values()) {
            Stream.concat(Stream.of(NO_VERDICT), Stream.of(Verdict.values()).map(Verdict::name))
                    .map(verdict -> new Labels(phase.name(), verdict))
                    .forEach(labels -> Gauge.builder("lethe.jobs", this, gauges -> gauges.count(labels))
                            .description("Unlearning jobs that the leader has seen")
                            .tag("phase", labels.phase)
                            .tag("verdict", labels.verdict)
                            .register(registry));
        }
    }

    public void update(ResourceID job, UnlearningJobStatus status) {
        var phase = status.phase() == null ? Phase.Pending : status.phase();
        var verdict = status.verdict() == null ? NO_VERDICT : status.verdict().name();
        jobs.put(job, new Labels(phase.name(), verdict));
    }

    public void remove(ResourceID job) {
        jobs.remove(job);
    }

    private long count(Labels labels) {
        return jobs.values().stream().filter(labels::equals).count();
    }
}
