package dev.lethe.worker.stage;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.catalog.SuiteDescriptor.Input;
import dev.lethe.merge.RefusedInput;
import dev.lethe.planner.gate.Gates;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.suite.EvaluatedLanguageModel;
import dev.lethe.unlearning.suite.Measurement;
import dev.lethe.unlearning.suite.Suite;
import dev.lethe.unlearning.suite.SuiteInputs;
import dev.lethe.unlearning.suite.SuiteResult;
import dev.lethe.unlearning.suite.SuiteSettings;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.publication.ResultFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Measures one model with suites, and decides the gates where there are any. */
final class EvaluationStage {
    private EvaluationStage() {}

    static StageOutcome measure(
            ModelEvaluationSpec spec, StageInputs inputs, StageOutput output, StageContext context) {
        Threads.set(context.threads());
        Path model = inputs.path("model", spec.model());
        Path adapter = inputs.pathOrNull("adapter", spec.adapter());
        try (TextTokenizer tokenizer = TextTokenizer.load(model)) {
            Prompting prompting = EngineSettings.prompting(spec.template(), model, tokenizer);
            Rows forget = inputs.rows("forget", spec.forget(), prompting);
            Rows retain = inputs.rows("retain", spec.retain(), prompting);
            RowEncoding.requireTokensOfModel(tokenizer, forget);
            RowEncoding.requireTokensOfModel(tokenizer, retain);
            return measure(spec, model, adapter, tokenizer, forget, retain, prompting, inputs, output, context);
        }
    }

    private static StageOutcome measure(
            ModelEvaluationSpec spec,
            Path model,
            @Nullable Path adapter,
            TextTokenizer tokenizer,
            Rows forget,
            Rows retain,
            Prompting prompting,
            StageInputs inputs,
            StageOutput output,
            StageContext context) {
        inputs.pathOrNull("baseline", spec.baseline());
        Map<String, MetricValue> baseline = baseline(spec, inputs::digest);
        output.resume(); // the journals of an interrupted attempt are in the payload

        Map<String, MetricValue> metrics = new TreeMap<>();
        Map<String, String> notMeasured = new TreeMap<>();
        Device device = EngineSettings.device(null);
        try (BaseModelCache.Lease base = context.models()
                        .borrow(model, inputs.digest("model"), EngineSettings.dtype(null, device), device);
                ModelWithAdapter system = ModelWithAdapter.of(base.model(), model, inputs.digest("model"), adapter)) {
            String identity = inputs.digest("model") + (adapter == null ? "" : " " + inputs.digest("adapter"));
            EvaluatedLanguageModel subject = new EvaluatedLanguageModel(identity, system.model(), tokenizer);
            for (SuiteSpec suite : spec.suites()) {
                SuiteResult result = measure(suite, subject, forget, retain, prompting, inputs, output, context);
                result.metrics().forEach((name, it) -> {
                    if (Double.isFinite(it.value())) {
                        metrics.put(name, value(it));
                    } else {
                        notMeasured.put(name, "is " + it.value());
                    }
                });
                notMeasured.putAll(result.notMeasured());
            }
        }
        return outcome(spec.gates(), metrics, notMeasured, baseline, forget, retain);
    }

    private static MetricValue value(Measurement it) {
        Long total = it.total() > it.n() ? it.total() : null;
        return new MetricValue(it.value(), it.n(), it.low(), it.high(), total);
    }

    private static SuiteResult measure(
            SuiteSpec spec,
            EvaluatedLanguageModel subject,
            Rows forget,
            Rows retain,
            Prompting prompting,
            StageInputs inputs,
            StageOutput output,
            StageContext context) {
        Suite suite = Suites.LETHE.named(spec.name());
        Map<String, Path> files = new TreeMap<>();
        for (Input input : suite.descriptor().inputs()) {
            Path path = inputs.pathOrNull(spec.name() + "/" + input.name(), spec.source(input.name()));
            if (path != null) {
                files.put(input.name(), path);
            }
        }
        SuiteInputs data = new SuiteInputs(forget, retain, files, prompting);
        SuiteSettings settings = new SuiteSettings(
                Suites.options(suite.descriptor(), spec.options()), SuiteSettings.SEED, output.answers());
        ProgressEstimator estimator = new ProgressEstimator("items");
        return suite.measure(subject, data, settings, output.payload().resolve(spec.name()), (done, total) -> {
            context.progress().accept(estimator.progress(done, total));
            context.stop().check();
        });
    }

    /**
     * The metrics of the baseline; empty where there is none.
     *
     * @param digest of what the evaluation read, by role
     * @throws RefusedInput where the file has changed since, or measured other rows
     */
    static Map<String, MetricValue> baseline(ModelEvaluationSpec spec, Function<String, String> digest) {
        if (spec.baseline() == null) {
            return Map.of();
        }
        Path file = FileUris.path(spec.baseline().uri());
        ResultFile found = ResultFile.of(file);
        if (!found.digest().equals(digest.apply("baseline"))) {
            throw RefusedInput.at(file.toString(), "digest of baseline", found.digest(), digest.apply("baseline"));
        }
        for (String role : List.of("forget", "retain")) {
            StageResult.Input measured = found.result().inputs().get(role);
            if (measured == null || !measured.digest().equals(digest.apply(role))) {
                throw RefusedInput.at(
                        file.toString(),
                        "digest of " + role,
                        measured == null ? "nothing" : measured.digest(),
                        digest.apply(role) + ": a baseline has measured the same rows");
            }
        }
        return found.result().metrics();
    }

    private static StageOutcome outcome(
            @Nullable List<Gate> gates,
            Map<String, MetricValue> metrics,
            Map<String, String> notMeasured,
            Map<String, MetricValue> baseline,
            Rows forget,
            Rows retain) {
        List<GateResult> decided = gates == null ? null : Gates.decide(gates, metrics, baseline);
        Verdict verdict = decided == null ? null : Gates.verdict(decided);
        Map<String, Double> counts = Map.of("forgetRows", (double) forget.size(), "retainRows", (double) retain.size());
        return new StageOutcome("evaluation", metrics, notMeasured, verdict, decided, counts);
    }
}
