package dev.lethe.unlearning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.LoraFactors;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.objective.FineTuning;
import dev.lethe.unlearning.objective.KlMask;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.NpoReduction;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.objective.ReferenceModel;
import dev.lethe.unlearning.objective.TrainingModels;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same losses, gradients and weights as PEFT and torch on the same rows (bench/peers/make_fixtures.py). */
class TrainingParityTest {
    private static final int LENGTH = 64;
    private static final int PAD = 1;

    private Scope scope;
    private Map<String, Tensor> batches;

    @BeforeEach
    void open() {
        scope = new Scope();
        batches = Fixtures.tensors("training/batches.safetensors");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"olmo-tiny", "llama-tiny"})
    void twentyStepsOfUnlearning(String name) throws IOException {
        JsonNode expected = json("training/" + name + "/losses.json");
        try (BaseModel base = BaseModel.load(Fixtures.path(name), Dtype.F32, Device.CPU)) {
            Map<String, Tensor> factors = factors(name);
            LanguageModel model = new LanguageModel(base, updates(factors));
            TrainingModels models = new TrainingModels(
                    model, new ReferenceModel(new LanguageModel(base), false), PassLimits.NONE, _ -> Dropout.NONE);
            Objective objective = published(NpoReduction.BATCH_TOKEN_MEAN, KlMask.ALL);
            AdamW optimizer = new AdamW(factors, 0.01);
            LinearSchedule schedule = new LinearSchedule(20, 3, 1e-3);
            for (int step = 0; step < 20; step++) {
                for (int micro = 2 * step; micro < 2 * step + 2; micro++) {
                    Objective.Loss loss =
                            objective.accumulate(models, unlearning(micro), 0.5).read();
                    JsonNode there = expected.path("micro").path(micro);
                    assertNear(loss.total(), there.path("total"));
                    assertNear(loss.terms().get("forget"), there.path("npo"));
                    assertNear(loss.terms().get("retain"), there.path("retain"));
                    assertNear(loss.terms().get("kl"), there.path("kl"));
                }
                assertNear(
                        optimizer.gradientNorm(),
                        expected.path("steps").path(step).path("gradNorm"));
                optimizer.step(schedule.rate(step), 0);
            }
            assertClose(factors, Fixtures.tensors("training/" + name + "/final/adapter_model.safetensors"), 1e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"olmo-tiny", "llama-tiny"})
    void gradientsAndVariants(String name) throws IOException {
        JsonNode first = json("training/" + name + "/losses.json").path("step0");
        try (BaseModel base = BaseModel.load(Fixtures.path(name), Dtype.F32, Device.CPU)) {
            Map<String, Tensor> factors = factors(name);
            LanguageModel model = new LanguageModel(base, updates(factors));
            for (PassLimits limits :
                    List.of(PassLimits.NONE, PassLimits.of(true), new PassLimits(1, false), new PassLimits(1, true))) {
                factors.values().forEach(Tensor::clearGrad);
                TrainingModels models = new TrainingModels(
                        model, new ReferenceModel(new LanguageModel(base), false), limits, _ -> Dropout.NONE);
                var unused =
                        published(NpoReduction.BATCH_TOKEN_MEAN, KlMask.ALL).accumulate(models, unlearning(0), 1);
                Map<String, Tensor> gradients = new TreeMap<>();
                factors.forEach(
                        (key, factor) -> gradients.put(key, factor.grad().orElseThrow()));
                assertClose(gradients, Fixtures.tensors("training/" + name + "/gradients.safetensors"), 1e-5);
                for (NpoReduction reduction : NpoReduction.values()) {
                    Objective.Loss loss = published(reduction, KlMask.NON_PAD)
                            .accumulate(models, unlearning(0), 1)
                            .read();
                    assertNear(
                            loss.terms().get("forget"),
                            first.path("npoReduction").path(written(reduction)));
                }
                for (KlMask mask : KlMask.values()) {
                    Objective.Loss loss = published(NpoReduction.SEQ_SUM, mask)
                            .accumulate(models, unlearning(0), 1)
                            .read();
                    assertNear(loss.terms().get("kl"), first.path("klMask").path(written(mask)));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"olmo-tiny", "llama-tiny"})
    void foldedPaddingCountsAsTheColumnsThatItStandsFor(String name) {
        Map<String, Tensor> factors = factors(name);
        try (BaseModel base = BaseModel.load(Fixtures.path(name), Dtype.F32, Device.CPU)) {
            LanguageModel model = new LanguageModel(base, updates(factors));
            TrainingModels models = new TrainingModels(
                    model, new ReferenceModel(new LanguageModel(base), false), PassLimits.NONE, _ -> Dropout.NONE);
            Objective objective = published(NpoReduction.BATCH_TOKEN_MEAN, KlMask.ALL);
            List<Map<String, Tensor>> gradients = new ArrayList<>();
            List<Double> divergences = new ArrayList<>();
            for (RowBatch retain : List.of(rows("retain", 0), rows("retain", 0).foldedPadding())) {
                factors.values().forEach(Tensor::clearGrad);
                MicroBatch batch = new MicroBatch(Map.of(DataRole.FORGET, rows("forget", 0), DataRole.RETAIN, retain));
                divergences.add(
                        objective.accumulate(models, batch, 1).read().terms().get("kl"));
                Map<String, Tensor> own = new TreeMap<>();
                factors.forEach((key, factor) -> own.put(key, factor.grad().orElseThrow()));
                gradients.add(own);
            }
            assertThat(rows("retain", 0).foldedPadding().width()).isLessThan(LENGTH);
            assertThat(divergences.get(1)).isCloseTo(divergences.get(0), within(1e-6 * divergences.get(0)));
            assertClose(gradients.get(1), gradients.get(0), 5e-3);
        }
    }

    @Test
    void fineTuningOfEveryWeight() throws IOException {
        JsonNode expected = json("training/olmo-tiny-ft/losses.json");
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU);
                BaseModel trained = base.trainableCopy()) {
            LanguageModel model = new LanguageModel(trained);
            TrainingModels models = new TrainingModels(
                    model, new ReferenceModel(new LanguageModel(base), false), PassLimits.NONE, _ -> Dropout.NONE);
            AdamW optimizer = new AdamW(trained.weights(), 0.01);
            for (int step = 0; step < 10; step++) {
                for (int micro = 2 * step; micro < 2 * step + 2; micro++) {
                    MicroBatch batch = new MicroBatch(Map.of(DataRole.DATA, rows("forget", micro)));
                    Objective.Loss loss = new FineTuning(LossMask.ANSWER)
                            .accumulate(models, batch, 0.5)
                            .read();
                    assertNear(loss.total(), expected.path("micro").path(micro).path("loss"));
                }
                optimizer.step(1e-3, 0);
            }
            assertClose(trained.weights(), Fixtures.tensors("training/olmo-tiny-ft/final.safetensors"), 1e-4);
        }
    }

    private static Objective published(NpoReduction reduction, KlMask mask) {
        return Objectives.LETHE.of("npo", Map.of("reduction", written(reduction), "klMask", written(mask)));
    }

    private MicroBatch unlearning(int micro) {
        return new MicroBatch(Map.of(DataRole.FORGET, rows("forget", micro), DataRole.RETAIN, rows("retain", micro)));
    }

    /** The rows of a micro-batch, without the padding that the fixture has. */
    private RowBatch rows(String split, int micro) {
        List<EncodedRow> rows = new ArrayList<>();
        for (int row = 0; row < 2; row++) {
            long[] ids = row(split + ".input_ids", micro, row);
            int start = LENGTH
                    - (int) Arrays.stream(row(split + ".attention_mask", micro, row))
                            .sum();
            long[] labels = row(split + ".labels", micro, row);
            int answer = start;
            while (labels[answer] == -100) {
                answer++;
            }
            rows.add(new EncodedRow(
                    Arrays.stream(ids, start, LENGTH).mapToInt(Math::toIntExact).toArray(), answer - start));
        }
        return new RowBatch(rows, LENGTH, PAD, 1);
    }

    private long[] row(String name, int micro, int row) {
        return batches.get(name).select(0, micro % 6).select(0, row).toLongs();
    }

    private static Map<String, Tensor> factors(String name) {
        Map<String, Tensor> factors = Fixtures.tensors("training/" + name + "/initial/adapter_model.safetensors");
        factors.values().forEach(factor -> factor.requiresGrad(true));
        return factors;
    }

    private static Map<String, LoraFactors> updates(Map<String, Tensor> factors) {
        Map<String, LoraFactors> updates = new TreeMap<>();
        factors.forEach((key, a) -> {
            if (key.endsWith(".lora_A.weight")) {
                String module = key.substring("base_model.model.".length(), key.length() - ".lora_A.weight".length());
                updates.put(module, new LoraFactors(a, factors.get(key.replace("lora_A", "lora_B")), 2));
            }
        });
        return updates;
    }

    private static String written(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void assertNear(double found, JsonNode expected) {
        assertThat(found).isCloseTo(expected.doubleValue(), within(1e-5 * Math.abs(expected.doubleValue())));
    }

    /** Every tensor is as expected up to {@code tolerance} of its norm. */
    private static void assertClose(Map<String, Tensor> found, Map<String, Tensor> expected, double tolerance) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((key, tensor) ->
                assertThat(found.get(key).detach().sub(tensor).norm()).as(key).isLessThan(tolerance * tensor.norm()));
    }

    private static JsonNode json(String name) throws IOException {
        return JsonMapper.builder().build().readTree(Fixtures.path(name).toFile());
    }
}
