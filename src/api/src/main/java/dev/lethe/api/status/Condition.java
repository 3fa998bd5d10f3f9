package dev.lethe.api.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A condition in kstatus' vocabulary: {@code Ready}, and while true {@code Reconciling} or {@code Stalled}. */
public record Condition(
        String type,
        String status,
        Reason reason,
        @Nullable String message,
        @Nullable Long observedGeneration,
        @Nullable Instant lastTransitionTime) {}
