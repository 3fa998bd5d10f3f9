package dev.lethe.cli.worker;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.pipeline.gate.Gates;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.suite.LanguageModelSubject;
import dev.lethe.unlearning.suite.Measurement;
import dev.lethe.unlearning.suite.Suite;
import dev.lethe.unlearning.suite.SuiteInputs;
import dev.lethe.unlearning.suite.SuiteResult;
import dev.lethe.unlearning.suite.SuiteSettings;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Measures one system with suites, and holds the gates where there are any. */
final class EvaluationStage {
    private EvaluationStage() {}

    static Made measure(ModelEvaluationSpec spec, Inputs inputs, StageOutput output, Surroundings around) {
        Threads.set(around.threads());
        Path model = inputs.path("model", spec.model());
        Path adapter = inputs.pathOrNull("adapter", spec.adapter());
        Rows forget = inputs.rows("forget", spec.forget());
        Rows retain = inputs.rows("retain", spec.retain());
        Map<String, MetricValue> baseline = baseline(inputs.pathOrNull("baseline", spec.baseline()));
        output.resume(); // the journals of an attempt that was cut off are in the payload

        Map<String, MetricValue> metrics = new TreeMap<>();
        Map<String, String> notMeasured = new TreeMap<>();
        Device device = EngineSettings.device(null);
        try (BaseModels.Lease base = around.models()
                        .borrow(model, inputs.digest("model"), EngineSettings.dtype(null, device), device);
                SystemModel system = SystemModel.of(base.model(), inputs.digest("model"), adapter);
                TextTokenizer tokenizer = TextTokenizer.load(model)) {
            String identity = inputs.digest("model") + (adapter == null ? "" : " " + inputs.digest("adapter"));
            LanguageModelSubject subject = new LanguageModelSubject(identity, system.model(), tokenizer);
            for (SuiteSpec suite : spec.suites()) {
                SuiteResult result = measure(suite, subject, forget, retain, inputs, output, around);
                result.metrics().forEach((name, it) -> metrics.put(name, value(it)));
                notMeasured.putAll(result.notMeasured());
            }
        }
        return made(spec.gates(), metrics, notMeasured, baseline, forget, retain);
    }

    private static MetricValue value(Measurement it) {
        Long total = it.total() > it.n() ? it.total() : null;
        return new MetricValue(it.value(), it.n(), it.low(), it.high(), total);
    }

    private static SuiteResult measure(
            SuiteSpec spec,
            LanguageModelSubject subject,
            Rows forget,
            Rows retain,
            Inputs inputs,
            StageOutput output,
            Surroundings around) {
        Suite suite = Suites.named(spec.name());
        SuiteInputs data = new SuiteInputs(
                forget,
                retain,
                path(inputs, suite, "members", spec.members()),
                path(inputs, suite, "nonMembers", spec.nonMembers()),
                path(inputs, suite, "mmlu", spec.mmlu()));
        SuiteSettings settings = new SuiteSettings(
                Objects.requireNonNull(spec.maxNewTokens()),
                Objects.requireNonNull(spec.batchSize()),
                SuiteSettings.DEFAULT.seed());
        Pace pace = new Pace("items");
        return suite.measure(subject, data, settings, output.payload().resolve(suite.name()), (done, total) -> {
            around.progress().accept(pace.at(done, total));
            around.stop().check();
        });
    }

    private static @Nullable Path path(Inputs inputs, Suite suite, String role, @Nullable Source source) {
        return inputs.pathOrNull(suite.name() + "/" + role, source);
    }

    private static Map<String, MetricValue> baseline(@Nullable Path result) {
        return result == null
                ? Map.of()
                : Documents.read(result, StageResult.class).metrics();
    }

    private static Made made(
            @Nullable List<Gate> gates,
            Map<String, MetricValue> metrics,
            Map<String, String> notMeasured,
            Map<String, MetricValue> baseline,
            Rows forget,
            Rows retain) {
        List<GateResult> decided = gates == null ? null : Gates.decide(gates, metrics, baseline);
        Verdict verdict = decided == null ? null : Gates.verdict(decided);
        Map<String, Double> counts = Map.of("forgetRows", (double) forget.size(), "retainRows", (double) retain.size());
        return new Made("evaluation", metrics, notMeasured, verdict, decided, counts);
    }
}
