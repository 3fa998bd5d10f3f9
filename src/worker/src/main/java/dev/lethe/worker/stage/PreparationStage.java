package dev.lethe.worker.stage;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.planner.PreparedRows;
import dev.lethe.unlearning.data.JsonRows;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.generation.SampledRows;
import dev.lethe.unlearning.generation.SelfDistillation;
import dev.lethe.unlearning.suite.SuiteSettings;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.preflight.Preflight;
import dev.lethe.worker.preflight.PreflightResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Checks all of a job that can be checked before anything is trained, and digests everything that it reads. It makes no
 * payload but rows that the model says: rows to keep, where the job names none, and answers to decoupled prompts.
 */
final class PreparationStage {
    private PreparationStage() {}

    static StageOutcome prepare(
            ModelPreparationSpec spec, StageInputs inputs, StageOutput output, StageContext context) {
        PreflightResult checked = Preflight.check(spec, output.target()); // reports every problem at once
        Map<String, Source> sources = spec.sources();
        sources.forEach(inputs::path);
        checked.rows().forEach((role, rows) -> inputs.requireDigest(role, rows));
        output.begin();
        output.resume();
        Map<String, Double> counts = new TreeMap<>();
        checked.rows().forEach((role, rows) -> counts.put(role + "Rows", (double) rows.size()));
        if (spec.makesRows()) {
            counts.putAll(made(spec, checked, inputs, output, context));
        }
        ProgressEstimator estimator = new ProgressEstimator("inputs");
        int done = 0;
        for (String role : sources.keySet()) {
            context.progress().accept(estimator.progress(done++, sources.size()));
            context.stop().check();
            inputs.digest(role);
        }
        counts.put("parameters", (double) checked.parameters());
        return StageOutcome.of("preparation", counts);
    }

    /** Has the model make the rows that the job does not name; returns how many. */
    private static Map<String, Double> made(
            ModelPreparationSpec spec,
            PreflightResult checked,
            StageInputs inputs,
            StageOutput output,
            StageContext context) {
        Threads.set(context.threads());
        Path model = FileUris.path(spec.model().uri());
        Device device = EngineSettings.device(null);
        Map<String, Double> counts = new TreeMap<>();
        try (BaseModelCache.Lease base = context.models()
                        .borrow(model, inputs.digest("model"), EngineSettings.dtype(null, device), device);
                TextTokenizer tokenizer = TextTokenizer.load(model)) {
            if (spec.retain() == null) {
                List<Row> forget =
                        Objects.requireNonNull(checked.rows().get("forget")).rows();
                List<Row> rows = SampledRows.of(base.model(), tokenizer, forget, SuiteSettings.SEED);
                write("retain", PreparedRows.RETAIN, rows, inputs, output);
                counts.put("retainRows", (double) rows.size());
                Note.say(
                        "no retain rows were given: %d rows that the model says by itself stand for them; what they do not tell is not protected"
                                .formatted(rows.size()));
            }
            if (spec.decouple() != null && spec.decouple().selfDistilled()) {
                Rows prompts = EngineSettings.prompts(spec.decouple());
                Rows asked = EngineSettings.prompting(spec.template(), model, tokenizer)
                        .of(prompts);
                inputs.requireDigest(ModelPreparationSpec.DECOUPLE_PROMPTS, asked);
                SelfDistillation answered = SelfDistillation.of(base.model(), tokenizer, prompts, asked);
                write("decouple", PreparedRows.DECOUPLE, answered.rows(), inputs, output);
                counts.put("decoupleRows", (double) answered.rows().size());
                Note.say(
                        "decouple: the model answered %d prompts itself; left out: %d that it refused, and %d answers that say nothing"
                                .formatted(answered.rows().size(), answered.refusals(), answered.meaningless()));
            }
        }
        return counts;
    }

    private static void write(String role, String name, List<Row> rows, StageInputs inputs, StageOutput output) {
        Path file = output.payload().resolve(name);
        JsonRows.write(file, rows);
        inputs.made(role, file, FileUris.uri(output.target().resolve(name)));
    }
}
