package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Check everything about a job that can be checked before anything is trained, and digest everything that it reads, so that
 * every later stage reads that and nothing else. A job makes its own; there is no need to write one.
 *
 * @param model the model folder that is to forget
 * @param forget rows to forget
 * @param retain rows to keep; when absent, the preparation has the model make them
 * @param decouple instructions of rows to forget in harmless contexts, where a specialist reads them; with {@code answers: model} the
 *     preparation has the model answer them
 * @param template whether prompts will be put into the model's chat template; absent, which is {@code none}, in jobs of before there was
 *     a choice
 * @param specialists the specialists that will be trained
 * @param merge how they will be merged
 * @param evaluation how the systems will be measured, and what the merge must reach
 * @param destination where the model will be published: it must be free, and stays with the job until it ends
 * @param output where the preparation writes its account
 * @param execution how its pods run
 */
public record ModelPreparationSpec(
        Source model,
        RowsSource forget,
        @Nullable RowsSource retain,
        @Nullable DecoupleSource decouple,
        @OneOf({"auto", "none", "chat"}) @Nullable String template,
        @KeyedBy("name") @Size(min = 1, max = 8) List<Specialist> specialists,
        MergeSettings merge,
        EvaluationSettings evaluation,
        Destination destination,
        Destination output,
        Execution execution)
        implements StageSpec {
    /** The role of rows that the model answers: then {@code decouple} is what the preparation made of them. */
    public static final String DECOUPLE_PROMPTS = "decouplePrompts";

    /** Whether the model makes rows, for which it is loaded and computes. */
    public boolean makesRows() {
        return retain == null || (decouple != null && decouple.selfDistilled());
    }

    @Override
    public String outputUri() {
        return output.uri();
    }

    @Override
    public List<String> writes() {
        return List.of(output.uri(), destination.uri());
    }

    /** Everything that the job reads, by role: {@code model}, {@code forget}, {@code retain}, {@code SUITE/nonMembers}, … */
    public Map<String, Source> sources() {
        var sources = new TreeMap<String, Source>();
        sources.put("model", model);
        sources.put("forget", forget.file());
        if (retain != null) {
            sources.put("retain", retain.file());
        }
        if (decouple != null) {
            sources.put(
                    decouple.selfDistilled() ? DECOUPLE_PROMPTS : "decouple",
                    decouple.rows().file());
        }
        if (evaluation.suites() != null) {
            evaluation.suites().forEach(suite -> sources.putAll(suite.sources()));
        }
        return sources;
    }

    @Override
    public ModelPreparationSpec withExecution(Execution other) {
        return new ModelPreparationSpec(
                model, forget, retain, decouple, template, specialists, merge, evaluation, destination, output, other);
    }

    @Override
    public ModelPreparationSpec withUris(UnaryOperator<String> change) {
        return new ModelPreparationSpec(
                model.withUri(change),
                forget.withUri(change),
                RowsSource.changed(retain, change),
                DecoupleSource.changed(decouple, change),
                template,
                specialists,
                merge,
                evaluation.withUris(change),
                destination.withUri(change),
                output.withUri(change),
                execution);
    }
}
