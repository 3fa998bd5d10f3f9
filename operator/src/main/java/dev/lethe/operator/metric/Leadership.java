package dev.lethe.operator.metric;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether this replica is the one that acts. */
public final class Leadership {
    private final AtomicBoolean leading = new AtomicBoolean();

    public Leadership(MeterRegistry registry) {
        registry.gauge("lethe.leader", leading, it -> it.get() ? 1 : 0);
    }

    public void begins() {
        leading.set(true);
    }

    public void ends() {
        leading.set(false);
    }

    public boolean holds() {
        return leading.get();
    }
}
