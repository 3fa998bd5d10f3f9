package dev.lethe.api.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A condition: in kstatus' vocabulary {@code Ready}, and while true {@code Reconciling} or {@code Stalled}; besides,
 * {@code Succeeded}, and {@code Finished} whether well or badly.
 *
 * @param type {@code Ready}, {@code Reconciling}, {@code Stalled}, {@code Succeeded} or {@code Finished}
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason why, in one word
 * @param message why, for people
 * @param observedGeneration the generation of the spec that the condition speaks of
 * @param lastTransitionTime when {@code status} last changed
 */
public record Condition(
        String type,
        String status,
        Reason reason,
        @Nullable String message,
        @Nullable Long observedGeneration,
        @Nullable Instant lastTransitionTime) {}
