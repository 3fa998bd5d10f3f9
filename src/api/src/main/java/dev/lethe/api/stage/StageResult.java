package dev.lethe.api.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code result.json} in a finished stage's output.
 *
 * @param inputs by role (model, forget, retain, …)
 * @param output the folder that the stage wrote, with the digest of its payload (without {@code result.json})
 * @param metrics by {@code suite/metric}; a metric that could not be measured is absent
 * @param notMeasured why, by {@code suite/metric}
 * @param counts whatever the stage counted: steps, rows, tokens, kept entries
 * @param search what a merge that was searched for came of; absent of any other stage
 * @param started when the work began; absent, as {@code finished} is, beside a published model, which carries no dates
 */
public record StageResult(
        String stage,
        Kind kind,
        Map<String, Input> inputs,
        Output output,
        Map<String, MetricValue> metrics,
        Map<String, String> notMeasured,
        @Nullable Verdict verdict,
        @Nullable List<GateResult> gates,
        Map<String, Double> counts,
        @Nullable MergeSearchResult search,
        @Nullable Instant started,
        @Nullable Instant finished,
        Map<String, String> versions) {
    /** Of a stage that searched for nothing. */
    public StageResult(
            String stage,
            Kind kind,
            Map<String, Input> inputs,
            Output output,
            Map<String, MetricValue> metrics,
            Map<String, String> notMeasured,
            @Nullable Verdict verdict,
            @Nullable List<GateResult> gates,
            Map<String, Double> counts,
            @Nullable Instant started,
            @Nullable Instant finished,
            Map<String, String> versions) {
        this(
                stage,
                kind,
                inputs,
                output,
                metrics,
                notMeasured,
                verdict,
                gates,
                counts,
                null,
                started,
                finished,
                versions);
    }

    /** The same without times and places, as it stands beside a published model: every input is named by its role. */
    public StageResult published() {
        var anywhere = new TreeMap<String, Input>();
        inputs.forEach(
                (role, input) -> anywhere.put(role, new Input(role, input.digest(), input.count(), input.rows())));
        return new StageResult(
                stage,
                kind,
                anywhere,
                new Output(".", output.digest(), output.type()),
                metrics,
                notMeasured,
                verdict,
                gates,
                counts,
                search,
                null,
                null,
                versions);
    }

    /**
     * Something read: its digest.
     *
     * @param count of its rows, where it has any
     * @param rows what was taken of them
     */
    public record Input(String uri, String digest, @Nullable Long count, @Nullable RowsTaken rows) {
        /** Something that has no rows. */
        public Input(String uri, String digest, @Nullable Long count) {
            this(uri, digest, count, null);
        }
    }

    /**
     * How rows were read.
     *
     * @param form of the file: {@code jsonl}, {@code json}, {@code json-columns}, {@code csv} or {@code parquet}; {@code sampled} where the model
     *     made the rows
     * @param fields that had prompt and answer
     * @param template {@code none}; {@code chat} where all prompts were put into the model's chat template, {@code chat-for-questions} where some
     *     were
     */
    public record RowsTaken(String form, List<String> fields, String template) {}

    /** Something written. */
    public record Output(String uri, String digest, String type) {}
}
