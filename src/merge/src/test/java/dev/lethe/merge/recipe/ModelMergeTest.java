package dev.lethe.merge.recipe;

import static dev.lethe.merge.method.Vectors.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.file.FileTree;
import dev.lethe.merge.recipe.Recipe.Missing;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges of whole models as mergekit's users describe them. */
class ModelMergeTest {
    @TempDir
    Path folder;

    /** What the last configuration's reader remarked. */
    private List<String> notes = List.of();

    private static Numbers row(String values) {
        float[] numbers = numbers(values);
        return Numbers.f32(new long[] {1, numbers.length}, numbers);
    }

    private static Numbers column(float... numbers) {
        return Numbers.f32(new long[] {numbers.length, 1}, numbers);
    }

    private void model(String name, Map<String, Numbers> tensors, String config) throws IOException {
        Fixtures.write(folder.resolve(name).resolve("model.safetensors"), new TreeMap<>(tensors), Map.of());
        Files.writeString(folder.resolve(name).resolve("config.json"), config);
    }

    /** Layers of one number each, and an embedding. */
    private void layers(String name, float... values) throws IOException {
        Map<String, Numbers> tensors = new TreeMap<>();
        tensors.put("model.embed_tokens.weight", row("1 2"));
        tensors.put("model.norm.weight", row("3"));
        for (int i = 0; i < values.length; i++) {
            tensors.put("model.layers." + i + ".up.weight", Numbers.f32(new long[] {1, 1}, values[i]));
        }
        model(name, tensors, "{\"num_hidden_layers\": %d}".formatted(values.length));
    }

    private MergeReport merge(String yaml, Missing missing) throws IOException {
        Path config = Files.writeString(folder.resolve("config.yml"), yaml);
        MergekitConfig read = MergekitConfig.read(config, Semantics.LETHE, missing, Recipe.DEFAULT_SHARD_BYTES, 0);
        notes = read.notes();
        return ModelMerge.merge(read.recipe(), folder.resolve("out"), RunSettings.of(2), ProgressListener.NONE);
    }

    private MergeReport merge(String yaml) throws IOException {
        return merge(yaml, Missing.ERROR);
    }

    private Map<String, float[]> merged() {
        return Fixtures.read(folder.resolve("out/model.safetensors"));
    }

    @Test
    void tiesWithGradientsAndFilters() throws IOException {
        layers("base", 0, 0, 0, 0, 0);
        layers("a", 1, 1, 1, 1, 1);
        layers("b", 3, 3, 3, 3, 3);
        merge(
                """
                merge_method: task_arithmetic
                base_model: base
                models:
                - model: a
                  parameters: {weight: [0, 0.5, 1, 0.5, 0]}
                - model: b
                  parameters:
                    weight:
                    - {filter: layers.4, value: 2}
                    - {value: 0}
                parameters: {lambda: 2, int8_mask: true, unknown: 3}
                """);
        float[] expected = {0, 1, 2, 1, 12};
        for (int i = 0; i < expected.length; i++) {
            assertThat(merged().get("model.layers." + i + ".up.weight")).containsExactly(expected[i]);
        }
        assertThat(merged().get("model.embed_tokens.weight")).containsExactly(1, 2);
        assertThat(folder.resolve("out/merge-manifest.json"))
                .content()
                .contains("parameters: unknown: nothing of method task-arithmetic depends on it");
    }

    @Test
    void stacksSlicesAndSaysSoInTheConfiguration() throws IOException {
        layers("a", 0, 1, 2, 3);
        layers("b", 10, 11, 12, 13);
        merge(
                """
                merge_method: passthrough
                slices:
                - sources: [{model: a, layer_range: [0, 3]}]
                - sources: [{model: b, layer_range: [2, 4], parameters: {scale: 2}}]
                """);
        float[] expected = {0, 1, 2, 24, 26};
        for (int i = 0; i < expected.length; i++) {
            assertThat(merged().get("model.layers." + i + ".up.weight")).containsExactly(expected[i]);
        }
        assertThat(merged()).hasSize(7);
        assertThat(folder.resolve("out/config.json")).content().contains("\"num_hidden_layers\" : 5");
    }

    @Test
    void convertsToTheTypesThatAreAskedFor() throws IOException {
        model("a", Map.of("w", row("1.00390625 0.3")), "{\"torch_dtype\": \"float32\"}");
        model("b", Map.of("w", row("1.00390625 0.7")), "{}");
        merge(
                """
                merge_method: linear
                dtype: bfloat16
                out_dtype: float16
                models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}]
                """);
        assertThat(merged().get("w")).containsExactly(1f, 0.5f);
        assertThat(folder.resolve("out/config.json")).content().contains("\"torch_dtype\" : \"float16\"");
    }

    @Test
    void everyProblemIsSaidAtOnceBeforeAnythingIsWritten() throws IOException {
        model("base", Map.of("w", row("1 2"), "v", row("1"), "mask", mask(1)), "{}");
        model("a", Map.of("w", row("1 2 3"), "mask", mask(2), "x", row("1")), "{}");
        assertThatThrownBy(
                        () -> merge(
                                """
                merge_method: ties
                base_model: base
                models: [{model: a, parameters: {weight: heavy, density: 2}}]
                """))
                .hasMessageContaining("w: shape: found F32 [1, 2] in base, F32 [1, 3] in a")
                .hasMessageContaining("v: models: found none in a")
                .hasMessageContaining("x: models: found none in base")
                .hasMessageContaining("mask: data: found U8 that differs between a and base")
                .message()
                .hasLineCount(1);
        assertThat(folder.resolve("out")).doesNotExist();
        assertThatThrownBy(
                        () -> merge(
                                """
                merge_method: ties
                base_model: org/name
                chat_template: chatml
                models: [{model: nowhere}]
                tokenizer: {source: union, pad_to_multiple_of: 8}
                """))
                .hasMessageContaining("base_model: found org/name, expected a folder on this machine")
                .hasMessageContaining("chat_template: found another value, expected auto")
                .hasMessageContaining("models[].model: found nowhere")
                .hasMessageContaining("tokenizer.pad_to_multiple_of");
    }

    /** YAML 1.1 as PyYAML reads it, and values as pydantic takes them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "parameters: {normalize: False}",
                "parameters: {normalize: NO}",
                "parameters: {normalize: off}",
                "parameters: {normalize: 0}",
                "parameters: {normalize: 'no'}",
                "parameters: {normalize: []}\nmodels: []",
                "tokenizer_source: ~",
                "dtype: Null",
                "tokenizer_source: NULL",
                "dtype:",
                "tokenizer: null",
                "slices: []",
                "modules: {}",
                "chat_template: ''",
                "name: 2024-01-01"
            })
    void whatPyYamlReadsIsRead(String line) throws IOException {
        layers("base", 0);
        layers("a", 1);
        layers("b", 3);
        boolean other = line.contains("models: []");
        merge(
                """
                merge_method: linear
                %s
                %s: &all
                - model: a
                  parameters: &half {weight: 5e-1, density: "0.5"}
                - model: b
                  parameters: {<<: *half, weight: Yes}
                """
                        .formatted(other ? line.replace("models: []", "base_model: base") : line, "models"));
        float expected = line.contains("normalize: ") && !other ? 3.5f : 3.5f / 1.5f;
        assertThat(merged().get("model.layers.0.up.weight")).containsExactly(expected);
    }

    @Test
    void whatMergekitIgnoresIsANote() throws IOException {
        layers("a", 1);
        layers("b", 3);
        merge(
                """
                merge_method: linear
                random_seed: 0
                basemodel: a
                chat_template: auto
                models:
                - {model: a, weight: 2, parameters: {weight: 1, wieght: 9}}
                - {model: b, layer_range: [0, 0], parameters: {weight: 1}}
                """);
        assertThat(merged().get("model.layers.0.up.weight")).containsExactly(2);
        assertThat(notes)
                .satisfiesExactlyInAnyOrder(
                        note -> assertThat(note)
                                .startsWith("random_seed: no effect")
                                .contains("--seed"),
                        note -> assertThat(note).startsWith("basemodel: ").endsWith("did you mean base_model?"),
                        note -> assertThat(note).startsWith("chat_template: auto: the template is that of"),
                        note -> assertThat(note).startsWith("models[].weight: ").contains("under parameters"),
                        note -> assertThat(note).startsWith("models[].layer_range: no effect"));
        assertThat(folder.resolve("out/merge-manifest.json"))
                .content()
                .contains("parameters: wieght (did you mean weight?): nothing of method linear depends on it");
    }

    @Test
    void aSliceMayHaveNoLayers() throws IOException {
        layers("a", 0, 1);
        layers("b", 10, 11);
        merge(
                """
                merge_method: passthrough
                slices:
                - sources: [{model: a, layer_range: [0, 1]}]
                - sources: [{model: a, layer_range: [2, 2.0]}]
                - sources: [{model: b, layer_range: [1, "2"]}]
                """);
        assertThat(merged().get("model.layers.1.up.weight")).containsExactly(11);
        assertThat(folder.resolve("out/config.json")).content().contains("\"num_hidden_layers\" : 2");
    }

    @Test
    void oneFaultIsOneMessage() throws IOException {
        layers("base", 0, 0, 0, 0, 0);
        layers("a", 1, 1, 1, 1, 1);
        layers("short", 1);
        assertThatThrownBy(() -> merge(
                        """
                merge_method: slerp
                base_model: base
                models: [{model: a}]
                parameters: {T: [0, 1]}
                """,
                        Missing.ZERO))
                .hasMessage("merge: t: found nothing but T, expected a number");
        assertThatThrownBy(
                        () -> merge(
                                """
                merge_method: ties
                base_model: base
                models: [{model: a, parameters: {density: [0.5, 7], weight: heavy}}]
                parameters: {normalize: maybe}
                """))
                .hasMessage(
                        "merge: a: weight: found heavy, expected a number; merge: normalize: found maybe, expected true or false; "
                                + "merge: a: density: found 2.125, expected a number from 0 to 1");
        assertThatThrownBy(() -> merge("merge_method: linear\nmodels: [{model: a}, {model: short}]\n"))
                .hasMessageContaining("model.layers.1.up.weight, model.layers.2.up.weight, model.layers.3.up.weight "
                        + "and 1 more: models: found none in short")
                .message()
                .doesNotContain("layers.4");
    }

    private static Numbers mask(int value) {
        var kind = TensorInfo.of(Dtype.U8, 1);
        return new Numbers(kind, MemorySegment.ofArray(new byte[] {(byte) value}));
    }

    @Test
    void tensorsThatNotAllModelsHave() throws IOException {
        model("base", Map.of("w", row("1"), "v", row("5")), "{}");
        model("a", Map.of("w", row("2"), "x", row("9")), "{}");
        model("b", Map.of("w", row("3"), "v", row("7")), "{}");
        String yaml =
                """
                merge_method: task_arithmetic
                base_model: base
                models: [{model: a}, {model: b}]
                """;
        merge(yaml, Missing.KEEP_BASE);
        assertThat(merged().get("v")).containsExactly(5);
        assertThat(merged()).doesNotContainKey("x");
        Files.move(folder.resolve("out"), folder.resolve("kept"));
        merge(yaml, Missing.ZERO);
        assertThat(merged().get("v")).containsExactly(7);
        assertThat(merged().get("w")).containsExactly(4);
    }

    /** A head that is the embedding counts as one where another model has a head of its own; gemma ties unless told. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"tie_word_embeddings\": true}", "{\"model_type\": \"gemma\"}"})
    void tiedHeads(String config) throws IOException {
        String embedding = "model.embed_tokens.weight";
        model("base", Map.of(embedding, row("1 1")), config);
        model("a", Map.of(embedding, row("2 2"), "lm_head.weight", row("3 3")), "{\"tie_word_embeddings\": false}");
        merge(
                """
                merge_method: task_arithmetic
                base_model: base
                models: [{model: a}]
                """);
        assertThat(merged().get("lm_head.weight")).containsExactly(3, 3);
        assertThat(folder.resolve("out/config.json")).content().contains("\"tie_word_embeddings\" : false");
    }

    @Test
    void llamaDoesNotTieUnlessTold() throws IOException {
        model("base", Map.of("model.embed_tokens.weight", row("1 1")), "{\"model_type\": \"llama\"}");
        model("a", Map.of("model.embed_tokens.weight", row("2 2"), "lm_head.weight", row("3 3")), "{}");
        String recipe =
                """
                merge_method: task_arithmetic
                base_model: base
                models: [{model: a}]
                """;
        assertThatThrownBy(() -> merge(recipe)).hasMessageContaining("lm_head.weight: models: found none in base");
    }

    /** Neither what a stale index says nor weights that nobody reads are part of the input's digest. */
    @Test
    void digestsAreOfWhatIsRead() throws IOException {
        model("base", Map.of("n", row("1")), "{}");
        String recipe =
                """
                merge_method: passthrough
                models: [{model: base}]
                """;
        Map<String, String> inputs = merge(recipe).inputs();
        Files.writeString(
                folder.resolve("base/model.safetensors.index.json"), "{\"weight_map\":{\"n\":\"gone.safetensors\"}}");
        model("base/checkpoint-1", Map.of("n", row("2")), "{}");
        FileTree.discard(folder.resolve("out"));
        assertThat(merge(recipe).inputs()).isEqualTo(inputs);
        assertThat(merged().get("n")).containsExactly(1);
    }

    @Test
    void adaptersAreReadIntoTheirModel() throws IOException {
        model("base", Map.of("m.q.weight", Numbers.f32(new long[] {2, 2}, 0, 0, 0, 0), "n", row("1")), "{}");
        Map<String, Numbers> factors = new TreeMap<>();
        factors.put(AdapterFolder.tensorName("m.q", 'A'), Numbers.f32(new long[] {1, 2}, 1, 2));
        factors.put(AdapterFolder.tensorName("m.q", 'B'), Numbers.f32(new long[] {2, 1}, 1, -1));
        Fixtures.write(folder.resolve("lora").resolve(AdapterFolder.WEIGHTS), factors, Map.of());
        AdapterConfig.lora(1, 2, 0, new TreeSet<>(Set.of("q")), null).write(folder.resolve("lora"));
        merge(
                """
                merge_method: ties
                base_model: base
                models: [{model: base+lora, parameters: {density: 0.5}}]
                """);
        assertThat(merged().get("m.q.weight")).containsExactly(0, 4, 0, -4);
        assertThat(merged().get("n")).containsExactly(1);
    }

    /** W + 2·B·A, where W and the factors are 1. */
    @Test
    void whatOnlyTheBaseHasIsTheBasesWithItsAdapter() throws IOException {
        model("base", Map.of("m.q.weight", Numbers.f32(new long[] {1, 1}, 1), "n", row("1")), "{}");
        model("a", Map.of("n", row("3")), "{}");
        Map<String, Numbers> factors = new TreeMap<>();
        factors.put(AdapterFolder.tensorName("m.q", 'A'), Numbers.f32(new long[] {1, 1}, 1));
        factors.put(AdapterFolder.tensorName("m.q", 'B'), Numbers.f32(new long[] {1, 1}, 1));
        Fixtures.write(folder.resolve("lora").resolve(AdapterFolder.WEIGHTS), factors, Map.of());
        AdapterConfig.lora(1, 2, 0, new TreeSet<>(Set.of("q")), null).write(folder.resolve("lora"));
        merge(
                """
                merge_method: task_arithmetic
                base_model: base+lora
                models: [{model: a}]
                """,
                Missing.KEEP_BASE);
        assertThat(merged().get("m.q.weight")).containsExactly(3);
    }

    @Test
    void vocabulariesAreAlignedOnlyWhereAsked() throws IOException {
        String embedding = "model.embed_tokens.weight";
        model("base", Map.of(embedding, Numbers.f32(new long[] {2, 1}, 1, 2)), "{\"vocab_size\": 2}");
        model("a", Map.of(embedding, Numbers.f32(new long[] {3, 1}, 20, 30, 10)), "{\"vocab_size\": 3}");
        vocabulary("base", "{\"x\": 0, \"y\": 1}");
        vocabulary("a", "{\"y\": 0, \"z\": 1, \"x\": 2}");
        String yaml =
                """
                merge_method: linear
                base_model: base
                models: [{model: base, parameters: {weight: 1}}, {model: a, parameters: {weight: 1}}]
                """;
        assertThatThrownBy(() -> merge(yaml)).hasMessageContaining("need tokenizer: base, union or model:NAME");
        merge(yaml + "tokenizer: {source: base}\n");
        assertThat(merged().get(embedding)).containsExactly(5.5f, 11f);
        Files.move(folder.resolve("out"), folder.resolve("first"));
        merge(yaml + "tokenizer_source: union\n");
        assertThat(merged().get(embedding)).containsExactly(5.5f, 11f, 30f);
        assertThat(folder.resolve("out/config.json")).content().contains("\"vocab_size\" : 3");
        assertThat(Vocabulary.read(folder.resolve("out")).ids()).containsEntry("z", 2);
        Files.move(folder.resolve("out"), folder.resolve("second"));
        merge(yaml + "tokenizer_source: a\n");
        assertThat(merged().get(embedding)).containsExactly(11f, 30f, 5.5f);
        assertThat(Vocabulary.read(folder.resolve("out")).ids()).containsEntry("z", 1);
    }

    @Test
    void rowsOfEqualTokenizersAreAlignedAndOtherShapesGetNoAdviceAboutThem() throws IOException {
        String embedding = "model.embed_tokens.weight";
        String inALayer = "model.layers.0.up.weight";
        model("base", Map.of(embedding, column(1, 2)), "{\"vocab_size\": 2}");
        model("padded", Map.of(embedding, column(3, 4, 9, 9)), "{\"vocab_size\": 4}");
        vocabulary("base", "{\"x\": 0, \"y\": 1}");
        vocabulary("padded", "{\"x\": 0, \"y\": 1}");
        String yaml = "merge_method: task_arithmetic\nbase_model: base\nmodels: [{model: padded}]\n";
        assertThatThrownBy(() -> merge(yaml)).hasMessageContaining("need tokenizer");
        merge(yaml + "tokenizer_source: base\n");
        assertThat(merged().get(embedding)).containsExactly(3, 4);
        model("base", Map.of(embedding, column(1, 2), inALayer, column(1, 2, 3)), "{\"vocab_size\": 2}");
        model("padded", Map.of(embedding, column(3, 4), inALayer, column(1, 2)), "{\"vocab_size\": 2}");
        assertThatThrownBy(() -> merge(yaml))
                .hasMessageContaining("[2, 1] in padded")
                .hasMessageNotContaining("tokenizer");
    }

    /** As Llama-2 with 32001 tokens and 32000 rows: the number of {@code <pad>} lies beyond the embedding. */
    @Test
    void aTokenWithoutARowIsOneThatTheModelLacks() throws IOException {
        String embedding = "model.embed_tokens.weight";
        String inALayer = "model.layers.0.up.weight"; // by chance of as many rows as the base has tokens
        Numbers two = Numbers.f32(new long[] {2, 1}, 7, 8);
        Map<String, Numbers> base = Map.of(embedding, Numbers.f32(new long[] {2, 1}, 1, 2), inALayer, two);
        model("base", base, "{\"vocab_size\": 2}");
        Map<String, Numbers> chat =
                new TreeMap<>(Map.of(embedding, Numbers.f32(new long[] {3, 1}, 10, 20, 30), inALayer, two));
        model("chat", chat, "{\"vocab_size\": 3}");
        vocabulary("base", "{\"x\": 0, \"y\": 1, \"<pad>\": 2}");
        vocabulary("chat", "{\"x\": 0, \"y\": 1, \"<end>\": 2, \"<none>\": 3}");
        String yaml =
                """
                merge_method: linear
                base_model: base
                models: [{model: base, parameters: {weight: 1}}, {model: chat, parameters: {weight: 1}}]
                """;
        merge(yaml + "tokenizer_source: union\n");
        assertThat(merged().get(embedding)).containsExactly(5.5f, 11f, 0f, 30f);
        assertThat(merged().get(inALayer)).containsExactly(7, 8);
        assertThat(folder.resolve("out/merge-manifest.json"))
                .content()
                .contains(
                        "base: model.embed_tokens.weight: 1 of its tokenizer's 3 tokens have no row among 2",
                        "model.embed_tokens.weight: 1 of the result's 4 tokens have a row in no model: zeros");
        Files.move(folder.resolve("out"), folder.resolve("first"));
        merge(yaml + "tokenizer_source: base\n");
        assertThat(merged().get(embedding)).containsExactly(5.5f, 11f);
        assertThat(folder.resolve("out/config.json")).content().contains("\"vocab_size\" : 2");
        Files.move(folder.resolve("out"), folder.resolve("second"));
        chat.remove(embedding);
        model("chat", chat, "{\"vocab_size\": 3}");
        merge(
                "merge_method: task_arithmetic\nbase_model: base\nmodels: [{model: chat}]\ntokenizer_source: union\n",
                Missing.KEEP_BASE);
        assertThat(merged().get(embedding)).containsExactly(1, 2, 0, 0);
    }

    /** One row for each token, and its number is what that token has in the model: a foreign byte cannot hide. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everyRowIsThatOfItsTokenAndZeroWhereNoModelHasIt(int seed) throws IOException {
        Random random = new Random(seed);
        List<String> tokens = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f", "g", "h"));
        Set<String> withRows = new TreeSet<>();
        String embedding = random.nextBoolean() ? "model.embed_tokens.weight" : "model.emb.weight";
        for (String name : List.of("base", "other")) {
            Collections.shuffle(tokens, random);
            List<String> own = tokens.subList(0, 3 + random.nextInt(6));
            int rows = 1 + random.nextInt(own.size() + 3); // fewer than tokens, or padded
            float[] numbers = new float[rows];
            for (int id = 0; id < rows; id++) {
                numbers[id] = id < own.size() ? 1 + "abcdefgh".indexOf(own.get(id)) : 50;
            }
            withRows.addAll(own.subList(0, Math.min(rows, own.size())));
            Numbers foreign = Numbers.f32(new long[] {9, 1}, 99, 99, 99, 99, 99, 99, 99, 99, 99);
            model(
                    name,
                    Map.of(embedding, Numbers.f32(new long[] {rows, 1}, numbers), "model.z", foreign),
                    "{\"vocab_size\": %d}".formatted(rows));
            vocabulary(
                    name,
                    IntStream.range(0, own.size())
                            .mapToObj(id -> "\"%s\": %d".formatted(own.get(id), id))
                            .collect(Collectors.joining(", ", "{", "}")));
        }
        String source = List.of("union", "base", "other").get(random.nextInt(3));
        String method = List.of("linear", "slerp", "passthrough", "ties").get(random.nextInt(4));
        String models = method.equals("passthrough") ? "{model: other}" : "{model: base}, {model: other}";
        merge(
                """
                merge_method: %s
                base_model: base
                models: [%s]
                parameters: {weight: 1, t: 0.5, density: 1, scale: 1}
                tokenizer_source: %s
                """
                        .formatted(method, models, source));
        float[] rows = merged().get(embedding);
        Vocabulary.read(folder.resolve("out")).ids().forEach((token, id) -> {
            if (id < rows.length) {
                float expected = withRows.contains(token) ? 1 + "abcdefgh".indexOf(token) : 0;
                assertThat(rows[id]).isCloseTo(expected, within(1e-5f));
            }
        });
    }

    @Test
    void aNameOfManyPartsIsTakenApart() {
        String before = "a.".repeat(100_000);
        assertThat(LayerName.of(before + "7.up")).contains(new LayerName(before, 7, ".up"));
        assertThat(LayerName.of(before)).isEmpty();
        assertThat(LayerName.of("0.w")).contains(new LayerName("", 0, ".w"));
        assertThat(LayerName.of("a.1b.22.3.w")).contains(new LayerName("a.1b.", 22, ".3.w"));
    }

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    private void vocabulary(String model, String ids) throws IOException {
        Files.writeString(
                folder.resolve(model).resolve("tokenizer.json"),
                "{\"added_tokens\": [], \"model\": {\"type\": \"BPE\", \"vocab\": %s, \"merges\": []}}".formatted(ids));
    }

    /** The authors' code trims over the whole model: the small tensor loses everything. */
    @Test
    void thePaperTrimsOverTheWholeModel() throws IOException {
        model("base", Map.of("a", row("0 0 0 0"), "b", row("0 0 0 0")), "{}");
        model("m", Map.of("a", row("9 8 7 6"), "b", row("1 2 3 4")), "{}");
        Path config = Files.writeString(
                folder.resolve("config.yml"),
                "merge_method: ties\nbase_model: base\nmodels: [{model: m}]\nparameters: {density: 0.25}\n");
        Recipe recipe = MergekitConfig.read(config, Semantics.PAPER, Missing.ERROR, 1 << 30, 0)
                .recipe();
        ModelMerge.merge(recipe, folder.resolve("out"), RunSettings.of(2), ProgressListener.NONE);
        assertThat(merged().get("a")).containsExactly(9, 8, 7, 0);
        assertThat(merged().get("b")).containsExactly(0, 0, 0, 0);
    }
}
