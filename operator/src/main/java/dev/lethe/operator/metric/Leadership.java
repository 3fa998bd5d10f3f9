package dev.lethe.operator.metric;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether this replica leads: only the leader reconciles. */
public final class Leadership {
    private final AtomicBoolean leading = new AtomicBoolean();

    public Leadership(MeterRegistry registry) {
        registry.gauge("lethe.leader", leading, it -> it.get() ? 1 : 0);
    }

    public void acquired() {
        leading.set(true);
    }

    public void lost() {
        leading.set(false);
    }

    public boolean isLeader() {
        return leading.get();
    }
}
