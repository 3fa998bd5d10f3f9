package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.safetensors.ModelFiles;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseModelTest {

    @ParameterizedTest
    @CsvSource({"llama-tiny, F32", "olmo-tiny, F32", "llama-tiny-untied, BF16"})
    void aSavedModelIsTheSameModel(String name, Dtype dtype, @TempDir Path folder) {
        Path source = Fixtures.path(name);
        Path target = folder.resolve("saved");
        try (BaseModel model = BaseModel.load(source, dtype, Device.CPU)) {
            model.save(target, dtype, source);
            try (BaseModel again = BaseModel.load(target, dtype, Device.CPU)) {
                assertThat(again.weights().keySet()).isEqualTo(model.weights().keySet());
                model.weights()
                        .forEach((key, weight) ->
                                assertThat(again.weight(key).toFloats()).isEqualTo(weight.toFloats()));
            }
        }
        assertThat(target.resolve("tokenizer.json")).exists();
        assertThat(target.resolve("config.json")).content().contains(dtype == Dtype.BF16 ? "bfloat16" : "float32");
    }

    @Test
    void aNewModelIsAFunctionOfItsSeed(@TempDir Path folder) {
        ModelConfig config = ModelConfig.read(Fixtures.path("llama-tiny"));
        try (BaseModel one = BaseModel.random(config, 1);
                BaseModel same = BaseModel.random(config, 1);
                BaseModel other = BaseModel.random(config, 2)) {
            String name = "model.layers.1.mlp.up_proj.weight";
            assertThat(one.weight(name).toFloats()).isEqualTo(same.weight(name).toFloats());
            assertThat(one.weight(name).toFloats())
                    .isNotEqualTo(other.weight(name).toFloats());
            double deviation = one.weight(name).norm()
                    / Math.sqrt((double) one.weight(name).count());
            assertThat(deviation).isBetween(0.19, 0.21); // initializer_range is 0.2
            assertThat(one.weight("model.norm.weight").toFloats()).containsOnly(1);
            assertThat(one.weight(ModelConfig.EMBEDDING).select(0, 1).toFloats())
                    .containsOnly(0); // padding
            one.save(folder.resolve("new"), Dtype.F32, Fixtures.path("llama-tiny"));
            BaseModel.load(folder.resolve("new"), Dtype.F32, Device.CPU).close();
        }
    }

    @Test
    void bfloat16GivesNearlyTheLogits() {
        Map<String, Tensor> expected = Fixtures.tensors("llama-tiny-untied/expected.safetensors");
        try (BaseModel base = BaseModel.load(Fixtures.path("llama-tiny-untied"), Dtype.BF16, Device.CPU)) {
            Tensor logits = new LanguageModel(base).forward(LanguageModelTest.batch(expected));
            assertThat(logits.dtype()).isEqualTo(Dtype.BF16);
            double scale = expected.get("logits").norm() / Math.sqrt((double) logits.count());
            assertThat(LanguageModelTest.maxDifference(logits, expected.get("logits")))
                    .isLessThan(0.2 * scale);
        }
    }

    @Test
    void foldedUpdatesGiveTheLogitsOfTheAdapter() {
        Map<String, Tensor> expected = Fixtures.tensors("llama-tiny/expected.safetensors");
        TokenBatch batch = LanguageModelTest.batch(expected);
        try (BaseModel base = BaseModel.load(Fixtures.path("llama-tiny"), Dtype.F32, Device.CPU)) {
            var updates = Adapter.load(
                            Fixtures.path("training/llama-tiny/final"),
                            base.config(),
                            Device.CPU,
                            java.util.Optional.empty())
                    .modules();
            Tensor apart = new LanguageModel(base, updates).forward(batch);
            try (BaseModel folded = base.folded(updates)) {
                assertThat(LanguageModelTest.maxDifference(new LanguageModel(folded).forward(batch), apart))
                        .isLessThan(1e-4);
                assertThat(LanguageModelTest.maxDifference(apart, expected.get("logits")))
                        .isGreaterThan(1e-2);
            }
        }
    }

    /** Transformers does not tie what the files have apart. */
    @Test
    void aHeadInTheFilesCountsThoughTheConfigTies(@TempDir Path folder) throws IOException {
        Path untied = Fixtures.path("llama-tiny-untied");
        ModelFiles.copy(untied, ModelFiles.of(untied), folder);
        String config = Files.readString(untied.resolve(ModelConfig.FILE));
        Files.writeString(
                folder.resolve(ModelConfig.FILE),
                config.replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
        assertThat(ModelConfig.read(folder).tiedEmbeddings()).isTrue();
        assertThat(BaseModel.check(folder).tiedEmbeddings()).isFalse();
        try (BaseModel model = BaseModel.load(folder, Dtype.F32, Device.CPU)) {
            assertThat(model.config().headName()).isEqualTo(ModelConfig.HEAD);
            assertThat(model.find(ModelConfig.HEAD)).isPresent();
        }
    }

    @Test
    void anAdapterOfATiedHeadGivesTheModelOne(@TempDir Path folder) throws IOException {
        Path source = Fixtures.path("llama-tiny");
        adapter(
                folder,
                Map.of(
                        "lm_head.lora_A.default.weight", new long[] {1, 32},
                        "lm_head.lora_B.default.weight", new long[] {512, 1}));
        try (AdapterFolder adapter = AdapterFolder.open(folder);
                BaseModel base = BaseModel.load(source, Dtype.F32, Device.CPU);
                BaseModel adapted = BaseModel.adapted(source, adapter, Dtype.F32, Device.CPU)) {
            assertThat(Adapter.isPlain(adapter, base.config())).isFalse();
            float[] before = base.weight(ModelConfig.EMBEDDING).toFloats();
            float[] head = adapted.weight(ModelConfig.HEAD).toFloats();
            assertThat(adapted.weight(ModelConfig.EMBEDDING).toFloats()).isEqualTo(before);
            assertThat(head).hasSameSizeAs(before);
            assertThat(head[7]).isEqualTo(before[7] + 2);
            assertThat(adapted.config().headName()).isEqualTo(ModelConfig.HEAD);
        }
    }

    /** Of rank 1 and scaling 2, its numbers all 1. */
    private static void adapter(Path folder, Map<String, long[]> shapes) {
        AdapterConfig.lora(1, 2, 0, new TreeSet<>(Set.of("lm_head")), null).write(folder);
        Map<String, TensorInfo> infos = new TreeMap<>();
        shapes.forEach((name, shape) -> infos.put(name, TensorInfo.of(dev.lethe.merge.safetensors.Dtype.F32, shape)));
        try (SafetensorsWriter writer =
                SafetensorsWriter.create(folder.resolve(AdapterFolder.WEIGHTS), infos, Map.of())) {
            shapes.forEach((name, shape) ->
                    writer.write(name, ones((int) (shape[0] * shape[1])).bytes()));
            writer.commit();
        }
    }

    private static Tensor ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return Tensor.of(ones, count);
    }

    @Test
    void everyWeightThatDoesNotFitIsNamedAtOnce(@TempDir Path folder) throws IOException {
        Files.copy(Fixtures.path("llama-tiny/model.safetensors"), folder.resolve("model.safetensors"));
        config(folder, "{\"num_hidden_layers\": 1, \"intermediate_size\": 65, \"tie_word_embeddings\": false}");
        assertThatThrownBy(() -> BaseModel.load(folder, Dtype.F32, Device.CPU))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("weights: 13 problems")
                .hasMessageContaining("model.layers.0.mlp.down_proj.weight: found [32, 64], expected [32, 65]")
                .hasMessageContaining("lm_head.weight: missing, expected [512, 32]")
                .hasMessageContaining("model.layers.1.mlp.up_proj.weight: unknown to config.json")
                .hasMessageNotContaining("\n");
    }

    @Test
    void weightsThatAreNoNumbersAreRefused(@TempDir Path folder) {
        try (BaseModel model = BaseModel.load(Fixtures.path("llama-tiny"), Dtype.F32, Device.CPU);
                BaseModel copy = model.trainableCopy()) {
            copy.weight("model.norm.weight").detach().narrow(0, 3, 1).mulInPlace(Double.NaN);
            copy.save(folder.resolve("broken"), Dtype.F32, Fixtures.path("llama-tiny"));
        }
        assertThatThrownBy(() -> BaseModel.load(folder.resolve("broken"), Dtype.F32, Device.CPU))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("model.norm.weight")
                .hasMessageContaining("element 3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model_type': 'gpt2'} | model_type: found \"gpt2\", expected llama or olmo",
                "{'hidden_act': 'gelu'} | hidden_act: found \"gelu\", expected \"silu\"",
                "{'rope_scaling': {'type': 'yarn', 'factor': 4}} | rope_scaling: type: found \"yarn\"",
                "{'rope_scaling': {'rope_type': 'llama3', 'factor': 4}} | low_freq_factor: found nothing",
                "{'sliding_window': 4096} | sliding_window: found 4096, expected none",
                "{'quantization_config': {}} | quantization_config: found an object, expected no quantisation",
                "{'num_key_value_heads': 3} | num_key_value_heads: found 3, expected a divisor",
                "{'hidden_size': null} | hidden_size: found null, expected an integer of at least 1",
                "{'vocab_size': 1.5} | vocab_size: found 1.5, expected an integer of at least 1",
            })
    void whatWouldChangeTheComputationIsRefused(String changes, String message, @TempDir Path folder)
            throws IOException {
        config(folder, changes.replace('\'', '"'));
        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("config.json: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{", "{\"a\": 1, \"a\": 2}"})
    void malformedDocumentsAreRefused(String text, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(ModelConfig.FILE), text);
        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void theConfigOfTransformers5MeansTheSame(@TempDir Path folder) throws IOException {
        Files.copy(Fixtures.path("llama-tiny-untied/config-v5.json"), folder.resolve(ModelConfig.FILE));
        ModelConfig config = ModelConfig.read(folder);
        ModelConfig older = ModelConfig.read(Fixtures.path("llama-tiny-untied"));
        assertThat(config).usingRecursiveComparison().ignoringFields("document").isEqualTo(older);
        assertThat(config.ropeScaling()).isInstanceOf(RopeScaling.Llama3.class);
    }

    /** What transformers 5.24 makes of the same fields. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'rope_scaling': {'type': 'linear', 'factor': 2}, 'rope_parameters': {'rope_theta': 5}} | Linear[factor=2.0] | 777",
                "{'rope_scaling': {'type': 'linear', 'factor': 2, 'rope_theta': 9}} | Linear[factor=2.0] | 9",
                "{'rope_scaling': {}, 'rope_parameters': {'rope_theta': 5}} | None[] | 5",
                "{'rope_scaling': null, 'rope_parameters': {'type': 'linear', 'factor': 3}} | Linear[factor=3.0] | 777",
                "{'rope_scaling': {'factor': 2}} | None[] | 777",
                "{'pretraining_tp': 2, 'attention_dropout': 0.1} | None[] | 777",
            })
    void ropeScalingComesBeforeRopeParameters(String changes, String scaling, double theta, @TempDir Path folder)
            throws IOException {
        config(folder, "{\"rope_theta\": 777," + changes.replace('\'', '"').substring(1));
        ModelConfig config = ModelConfig.read(folder);
        assertThat(config.ropeScaling()).hasToString(scaling);
        assertThat(config.ropeTheta()).isEqualTo(theta);
    }

    @Test
    void withoutAnOriginalContextItIsThePresentOne(@TempDir Path folder) throws IOException {
        config(
                folder,
                """
                {"max_position_embeddings": 512, "attention_dropout": 0.1, "rope_scaling":
                 {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}}
                """);
        ModelConfig config = ModelConfig.read(folder);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 512));
        assertThat(config.trainingNote()).hasValue("config.json: attention_dropout: found 0.1, trained without");
    }

    /** The config of llama-tiny with changes. */
    private static void config(Path folder, String changes) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode document = (ObjectNode)
                json.readTree(Fixtures.path("llama-tiny/config.json").toFile());
        document.setAll((ObjectNode) json.readTree(changes));
        json.writeValue(folder.resolve(ModelConfig.FILE).toFile(), document);
    }
}
