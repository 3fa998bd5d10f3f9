package dev.lethe.worker.stage;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.planner.RetainRows;
import dev.lethe.unlearning.data.JsonRows;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.generation.SampledRows;
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
 * payload but rows to keep, where the job names none.
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
        if (spec.retain() == null) {
            counts.put("retainRows", (double) makeRetainRows(spec, checked, inputs, output, context));
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

    /** Returns how many rows the model made. */
    private static int makeRetainRows(
            ModelPreparationSpec spec,
            PreflightResult checked,
            StageInputs inputs,
            StageOutput output,
            StageContext context) {
        Threads.set(context.threads());
        Path model = FileUris.path(spec.model().uri());
        Device device = EngineSettings.device(null);
        Path file = output.payload().resolve(RetainRows.FILE);
        List<Row> rows;
        try (BaseModelCache.Lease base = context.models()
                        .borrow(model, inputs.digest("model"), EngineSettings.dtype(null, device), device);
                TextTokenizer tokenizer = TextTokenizer.load(model)) {
            rows = SampledRows.of(
                    base.model(),
                    tokenizer,
                    Objects.requireNonNull(checked.rows().get("forget")).rows(),
                    SuiteSettings.SEED);
        }
        JsonRows.write(file, rows);
        inputs.made("retain", file, FileUris.uri(output.target().resolve(RetainRows.FILE)));
        Note.say(
                "no retain rows were given: %d rows that the model says by itself stand for them; what they do not tell is not protected"
                        .formatted(rows.size()));
        return rows.size();
    }
}
