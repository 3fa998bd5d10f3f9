package dev.lethe.worker.stage;

import dev.lethe.api.status.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Estimates the rate of work, and the time that is left. Work of an earlier attempt does not count. */
public final class ProgressEstimator {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final Instant began = Instant.now();
    private final String unit;
    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private long first = -1;

    public ProgressEstimator(String unit) {
        this.unit = unit;
    }

    /** @param rate in {@code rateUnit} where it is not that of the steps */
    synchronized Progress progress(
            long step,
            long steps,
            @Nullable Double epoch,
            @Nullable Double loss,
            @Nullable Double rate,
            @Nullable String rateUnit) {
        Instant now = Instant.now();
        if (first < 0) {
            first = step;
        }
        double seconds = Duration.between(began, now).toMillis() / 1000.0;
        double perSecond = seconds > 0 ? (step - first) / seconds : 0;
        return new Progress(
                step,
                steps,
                unit,
                epoch,
                loss,
                rate != null ? rate : perSecond > 0 ? Double.valueOf(perSecond) : null,
                rate != null ? rateUnit : unit + "/s",
                perSecond > 0 ? Long.valueOf(Math.round((steps - step) / perSecond)) : null,
                now);
    }

    /** As {@link #progress}, a few times a second and at the end; null between. For any thread. */
    public @Nullable Progress throttled(long step, long steps) {
        long now = System.nanoTime();
        long due = next.get();
        boolean mine = step >= steps || (now - due >= 0 && next.compareAndSet(due, now + INTERVAL.toNanos()));
        return mine ? progress(step, steps) : null;
    }

    Progress progress(long step, long steps) {
        return progress(step, steps, null, null, null, null);
    }
}
