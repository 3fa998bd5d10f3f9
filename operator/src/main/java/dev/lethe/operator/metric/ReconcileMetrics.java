package dev.lethe.operator.metric;

import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long a reconciliation takes, how often it fails, and how long objects wait for it; by controller, never by object. */
public final class ReconcileMetrics implements Metrics {
    private record ObjectKey(Object controller, ResourceID object) {}

    private final MeterRegistry registry;
    private final Leadership leadership;
    private final JobGauges gauges;
    private final Clock clock;

    /** Since when each object has had a generation that is not reconciled. */
    private final Map<ObjectKey, Instant> unreconciled = new ConcurrentHashMap<>();

    public ReconcileMetrics(MeterRegistry registry, Leadership leadership, JobGauges gauges, Clock clock) {
        this.registry = registry;
        this.leadership = leadership;
        this.gauges = gauges;
        this.clock = clock;
        Gauge.builder("lethe.oldest.unreconciled", this, ReconcileMetrics::secondsOfOldest)
                .description("Age of the oldest change of a spec that no pass has dealt with; 0 where there is none")
                .baseUnit("seconds")
                .register(registry);
    }

    @Override
    public void receivedEvent(Event event, Map<String, Object> metadata) {
        if (event instanceof ResourceEvent change) {
            var key = key(event.getRelatedCustomResourceID(), metadata);
            if (change.getAction() == ResourceAction.DELETED) {
                unreconciled.remove(key);
                if (change.getResource().filter(UnlearningJob.class::isInstance).isPresent()) {
                    gauges.remove(event.getRelatedCustomResourceID());
                }
            } else {
                unreconciled.putIfAbsent(key, clock.instant());
            }
        }
    }

    @Override
    public void finishedReconciliation(HasMetadata object, Map<String, Object> metadata) {
        unreconciled.remove(key(ResourceID.fromResource(object), metadata));
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        var sample = Timer.start(registry);
        var result = "error";
        try {
            var done = execution.execute();
            result = "success";
            return done;
        } finally {
            sample.stop(Timer.builder("lethe.reconcile.duration")
                    .description("One pass over one object")
                    .tag("controller", execution.controllerName())
                    .tag("result", result)
                    .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1))
                    .register(registry));
        }
    }

    private static ObjectKey key(ResourceID object, Map<String, Object> metadata) {
        return new ObjectKey(metadata.getOrDefault(Constants.CONTROLLER_NAME, ""), object);
    }

    private double secondsOfOldest() {
        if (!leadership.isLeader()) {
            return 0;
        }
        return unreconciled.values().stream()
                .min(Comparator.naturalOrder())
                .map(since -> Duration.between(since, clock.instant()).toMillis() / 1000.0)
                .orElse(0.0);
    }
}
