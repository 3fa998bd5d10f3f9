package dev.lethe.api.status;

import dev.lethe.api.resource.KeyedBy;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a stage resource (training, merge, evaluation, publication) stands.
 *
 * @param observedGeneration the generation of the spec that this status speaks of; -1 before the first look
 * @param phase for people to read; machines read conditions
 * @param conditions {@code Ready}, and while true {@code Reconciling} or {@code Stalled}; {@code Succeeded} and {@code Finished}
 * @param attempts every attempt at the stage
 * @param progress how far the present attempt is
 * @param metrics what was measured, by {@code suite/metric}
 * @param verdict what the gates say
 * @param gates each bound, decided
 * @param output what the stage wrote
 * @param result {@code sha256:HEX} of its {@code result.json}, in the worker's own last words: a file that differs is not believed
 * @param inputs of a preparation, {@code sha256:HEX} of everything that the job reads, by role
 * @param started when the first attempt began
 * @param finished when the stage ended
 * @param suspendedSeconds time spent suspended or queued, which the deadline does not count
 * @param suspendedSince when the present suspension, or wait for a queue, began
 */
public record StageResourceStatus(
        @Nullable Long observedGeneration,
        @Nullable Phase phase,
        @KeyedBy("type") @Size(max = 8) List<Condition> conditions,
        List<Attempt> attempts,
        @Nullable Progress progress,
        @Nullable Map<String, MetricValue> metrics,
        @Nullable Verdict verdict,
        @Nullable List<GateResult> gates,
        @Nullable ModelReference output,
        @Nullable String result,
        @Nullable Map<String, String> inputs,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable Long suspendedSeconds,
        @Nullable Instant suspendedSince) {}
