package dev.lethe.planner.stage;

import java.time.Duration;

/** How long to wait before the next attempt: the base, doubled by every failure, up to the cap. */
public record Backoff(Duration base, Duration cap) {
    public static final Backoff LOCAL = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    /** As the Job controller waits between pods. */
    public static final Backoff CLUSTER = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(6));

    /** The wait after so many failures, at least one. */
    public Duration after(int failures) {
        // 2^30 bases are beyond any cap; the bound keeps the product in range.
        var wait = base.multipliedBy(1L << Math.min(failures - 1, 30));
        return wait.compareTo(cap) < 0 ? wait : cap;
    }
}
