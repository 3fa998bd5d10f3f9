package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.model.Quantization;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether rounding the weights brings back what was forgotten: unlearning moves weights by less than a step of 4 bit, and
 * whoever runs the model in 4 bit may run the old one. Exact memorisation of outputs with weights of {@link Quantization}'s precisions,
 * an adapter's part included; embeddings, norms and head stay as they are.
 *
 * <p>Source: Z. Zhang et al., "Catastrophic failure of LLM unlearning via quantization" (2024).
 */
public final class Quantize implements Suite {

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("quantize").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        return metrics().stream().collect(Collectors.toMap(metric -> metric, metric -> {
            Rows rows = metric.contains("retain") ? inputs.retain() : inputs.forget();
            return Coverage.whole(rows.source(), rows.size());
        }));
    }

    @Override
    public Optional<Estimate> estimate(String metric, double[] rows, Bootstrap bootstrap) {
        return Optional.of(Estimate.mean(rows, bootstrap));
    }

    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        List<Row> forget = inputs.forget().rows();
        List<Row> retain = inputs.retain().rows();
        long total = 3L * forget.size() + 2L * retain.size();
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, descriptor(), model, inputs, settings, total, progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        double[] asItIs = exact("forget.jsonl", forget, evaluation, () -> model);
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        for (Quantization precision : Quantization.values()) {
            String name = precision.name().toLowerCase(Locale.ROOT);
            try (ModelOnDemand rounded = new ModelOnDemand(() -> model.quantized(precision))) {
                double[] forgotten = exact(name + "-forget.jsonl", forget, evaluation, rounded::get);
                double[] kept = exact(name + "-retain.jsonl", retain, evaluation, rounded::get);
                put(outcomes, name + "-forget-exact", "forget", forgotten, bootstrap);
                put(outcomes, name + "-retain-exact", "retain", kept, bootstrap);
                put(outcomes, name + "-recovery", "forget", Relearn.gained(asItIs, forgotten), bootstrap);
            }
        }
        return SuiteResult.of(outcomes);
    }

    private static double[] exact(
            String file, List<Row> rows, ResumableEvaluation evaluation, Supplier<EvaluatedModel> model) {
        return Memorization.scores(file, rows, evaluation, batch -> model.get().answerScores(batch))
                .get(Memorization.Measure.EXACT.word);
    }

    private static void put(
            Map<String, MetricOutcome> outcomes, String name, String set, double[] values, Bootstrap bootstrap) {
        String metric = "quantize/" + name;
        outcomes.put(
                metric,
                MetricOutcome.of(
                        values, set + Memorization.LACKS, all -> Estimate.mean(all, bootstrap.stream(metric))));
    }
}
