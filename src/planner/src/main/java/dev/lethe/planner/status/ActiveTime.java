package dev.lethe.planner.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time that a job or stage was active. Suspended time does not count, so a deadline moves on meanwhile.
 *
 * @param started absent until it is first active
 * @param suspendedSeconds of past suspensions
 * @param suspendedSince when the present suspension began
 */
public record ActiveTime(@Nullable Instant started, @Nullable Long suspendedSeconds, @Nullable Instant suspendedSince) {
    /**
     * This time, advanced to {@code now}.
     *
     * @param created when it was created, where known: it is active since then, unless it was first observed suspended
     */
    public ActiveTime at(Instant now, boolean suspended, @Nullable Instant created) {
        return started == null && suspendedSince == null && !suspended && created != null
                ? new ActiveTime(created, null, null)
                : at(now, suspended);
    }

    /** This time, advanced to {@code now}. */
    public ActiveTime at(Instant now, boolean suspended) {
        if (suspended) {
            return suspendedSince != null ? this : new ActiveTime(started, suspendedSeconds, now);
        }
        // A suspension before the first start does not count.
        if (started == null) {
            return new ActiveTime(now, null, null);
        }
        return suspendedSince == null ? this : new ActiveTime(started, suspendedSeconds(now), null);
    }

    /** Whether {@code limitSeconds} have been active; never without a limit. */
    public boolean exceeds(@Nullable Long limitSeconds, Instant now) {
        if (limitSeconds == null || started == null) {
            return false;
        }
        var active = Duration.between(started, now).minusSeconds(suspendedSeconds(now));
        return active.compareTo(Duration.ofSeconds(limitSeconds)) >= 0;
    }

    /** When the limit will be reached; empty while suspended or without a limit. */
    public Optional<Instant> deadline(@Nullable Long limitSeconds) {
        if (limitSeconds == null || started == null || suspendedSince != null) {
            return Optional.empty();
        }
        return Optional.of(started.plusSeconds(limitSeconds + Objects.requireNonNullElse(suspendedSeconds, 0L)));
    }

    /** That a limit was reached, in words: time that was spent waiting counts as well. */
    public static String spent(@Nullable Long limitSeconds, boolean everRan) {
        return (everRan
                        ? "was active for %d s, the most that activeDeadlineSeconds allows"
                        : "waited for %d s, the most that activeDeadlineSeconds allows, and never ran")
                .formatted(limitSeconds);
    }

    private long suspendedSeconds(Instant now) {
        var over = Objects.requireNonNullElse(suspendedSeconds, 0L);
        return suspendedSince == null
                ? over
                : over + Duration.between(suspendedSince, now).toSeconds();
    }
}
