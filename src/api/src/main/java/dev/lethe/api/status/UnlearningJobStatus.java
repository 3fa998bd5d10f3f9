package dev.lethe.api.status;

import dev.lethe.api.resource.KeyedBy;
import dev.lethe.api.resource.Opaque;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a job stands.
 *
 * @param observedGeneration the generation of the spec that this status speaks of; -1 before the first look
 * @param phase for people to read; machines read conditions
 * @param stage the stages at work, for the printer column
 * @param progress how far those stages are, for the printer column
 * @param verdict what the gates say
 * @param conditions {@code Ready}, and while true {@code Reconciling} or {@code Stalled}; {@code Succeeded} and {@code Finished}
 * @param stages every stage, in the order of the flow
 * @param inputs {@code sha256:HEX} of everything that the job reads, by role, as it was when the job was prepared; every later
 *     stage is held to it
 * @param resolved the settings that the job runs with, defaults included; another version of the operator, with other
 *     defaults, does not change a job that has begun
 * @param gates each bound, decided
 * @param results headline metrics by system ({@code base}, each specialist, {@code merge})
 * @param model the published model
 * @param started when the first stage began
 * @param finished when the job ended
 * @param suspendedSeconds time spent suspended or queued, which the deadline does not count
 * @param suspendedSince when the present suspension, or wait for a queue, began
 */
public record UnlearningJobStatus(
        @Nullable Long observedGeneration,
        @Nullable Phase phase,
        @Nullable String stage,
        @Nullable String progress,
        @Nullable Verdict verdict,
        @KeyedBy("type") @Size(max = 8) List<Condition> conditions,
        @KeyedBy("name") @Size(max = 64) List<StageSummary> stages,
        @Nullable Map<String, String> inputs,
        @Opaque @Nullable ResolvedSettings resolved,
        @Nullable List<GateResult> gates,
        @Nullable Map<String, Map<String, MetricValue>> results,
        @Nullable ModelReference model,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable Long suspendedSeconds,
        @Nullable Instant suspendedSince) {}
