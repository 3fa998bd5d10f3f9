package dev.lethe.planner;

import java.time.Duration;

/** Exponential backoff: the base, doubled by every failure, up to the cap. */
public record Backoff(Duration base, Duration cap) {
    /** The wait after so many failures, at least one. */
    public Duration after(int failures) {
        // 2^30 bases are beyond any cap; the bound keeps the product in range.
        var wait = base.multipliedBy(1L << Math.min(failures - 1, 30));
        return wait.compareTo(cap) < 0 ? wait : cap;
    }
}
