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

/** How many jobs there are, by phase and verdict. */
public final class JobCensus {
    private static final String NO_VERDICT = "None";

    private record Standing(String phase, String verdict) {}

    private final Map<ResourceID, Standing> jobs = new ConcurrentHashMap<>();

    public JobCensus(MeterRegistry registry) {
        for (var phase : Phase.values()) {
            Stream.concat(Stream.of(NO_VERDICT), Stream.of(Verdict.values()).map(Verdict::name))
                    .map(verdict -> new Standing(phase.name(), verdict))
                    .forEach(standing -> Gauge.builder("lethe.jobs", this, census -> census.count(standing))
                            .description("Unlearning jobs that the leader has seen")
                            .tag("phase", standing.phase)
                            .tag("verdict", standing.verdict)
                            .register(registry));
        }
    }

    public void seen(ResourceID job, UnlearningJobStatus status) {
        var phase = status.phase() == null ? Phase.Pending : status.phase();
        var verdict = status.verdict() == null ? NO_VERDICT : status.verdict().name();
        jobs.put(job, new Standing(phase.name(), verdict));
    }

    public void gone(ResourceID job) {
        jobs.remove(job);
    }

    private long count(Standing standing) {
        return jobs.values().stream().filter(standing::equals).count();
    }
}
