package dev.lethe.worker.stage;

import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.worker.preflight.Preflight;
import dev.lethe.worker.preflight.PreflightResult;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks all of a job that can be checked before anything is trained, and digests everything that it reads. It makes no
 * payload, only a result.
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
        ProgressEstimator estimator = new ProgressEstimator("inputs");
        int done = 0;
        for (String role : sources.keySet()) {
            context.progress().accept(estimator.progress(done++, sources.size()));
            context.stop().check();
            inputs.digest(role);
        }
        Map<String, Double> counts = new TreeMap<>();
        checked.rows().forEach((role, rows) -> counts.put(role + "Rows", (double) rows.size()));
        counts.put("parameters", (double) checked.parameters());
        return StageOutcome.of("preparation", counts);
    }
}
