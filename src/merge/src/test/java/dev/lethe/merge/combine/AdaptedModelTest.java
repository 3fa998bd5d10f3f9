package dev.lethe.merge.combine;

import static dev.lethe.merge.combine.Adapters.config;
import static dev.lethe.merge.combine.Adapters.matrix;
import static dev.lethe.merge.method.Vectors.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.TargetModules;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.file.FileTree;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that have more than the factors of linear modules, or other names. */
class AdaptedModelTest {
    private static final Path PEFT = Path.of("src/test/resources/parity/adapters");
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";
    private static final String PREFIX = "base_model.model.";

    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "embedding, F32",
        "head, F32",
        "dora, F32",
        "dora, BF16",
        "dora-embedding, F32",
        "dora-embedding, BF16",
        "modules-to-save, F32",
        "bias, F32",
        "expression, F32"
    })
    void foldsAsPeft(String name, Dtype dtype) throws IOException {
        Map<String, Numbers> base = new TreeMap<>();
        try (var file = SafetensorsFile.open(PEFT.resolve("base.safetensors"))) {
            Map<String, float[]> values = Fixtures.read(file.path());
            file.tensors()
                    .forEach((tensor, info) -> base.put(tensor, Numbers.of(dtype, info.shape(), values.get(tensor))));
        }
        base(base, "{}");
        fold(PEFT.resolve(name));
        String expected = name + (dtype == Dtype.BF16 ? "-bf16" : "") + ".safetensors";
        Map<String, float[]> theirs = Fixtures.read(PEFT.resolve(expected));
        assertThat(folded().keySet()).isEqualTo(theirs.keySet());
        double rounding = dtype == Dtype.BF16 ? 0x1p-8 : 0x1p-22;
        folded().forEach((tensor, values) -> {
            for (int i = 0; i < values.length; i++) {
                double bound = rounding * Math.max(Math.abs(values[i]), 0.25);
                assertThat(Math.abs(values[i] - theirs.get(tensor)[i]))
                        .as(tensor)
                        .isLessThanOrEqualTo((float) bound);
            }
        });
    }

    /** Of more than one chunk: rows have the adapter's lengths, and the bytes do not depend on threads. */
    @Test
    void lengthsAreTheAdaptersForAnyNumberOfThreads() throws IOException {
        int rows = 2200;
        int columns = 1000;
        float[] weights = new float[rows * columns];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (i % 97 - 48) / 64f;
        }
        base(Map.of("m.q.weight", Numbers.f32(new long[] {rows, columns}, weights)), "{}");
        float[] lengths = new float[rows];
        for (int i = 0; i < rows; i++) {
            lengths[i] = 1 + i % 5;
        }
        Map<String, Numbers> tensors = new TreeMap<>(Map.of(
                PREFIX + "m.q.lora_A.weight", Numbers.f32(new long[] {1, columns}, new float[columns]),
                PREFIX + "m.q.lora_B.weight", Numbers.f32(new long[] {rows, 1}, new float[rows]),
                PREFIX + "m.q.lora_magnitude_vector", Numbers.f32(new long[] {rows}, lengths)));
        Path adapter = adapter(tensors, dora());
        byte[] first = null;
        for (int threads : new int[] {1, 4}) {
            fold(adapter, threads);
            byte[] bytes = Files.readAllBytes(folder.resolve("out/model.safetensors"));
            assertThat(bytes).isEqualTo(first == null ? bytes : first);
            first = bytes;
            float[] folded = folded().get("m.q.weight");
            for (int row : new int[] {0, 1053, rows - 1}) {
                double squares = 0;
                for (int j = row * columns; j < (row + 1) * columns; j++) {
                    squares += (double) folded[j] * folded[j];
                }
                assertThat(Math.sqrt(squares)).isCloseTo(lengths[row], within(1e-5));
            }
            FileTree.discard(folder.resolve("out"));
        }
    }

    private static AdapterConfig dora() {
        AdapterConfig plain = config(1, 1, "base");
        return new AdapterConfig(
                1,
                1,
                0,
                plain.targetModules(),
                plain.modulesToSave(),
                true,
                false,
                Map.of(),
                Map.of(),
                "none",
                "base",
                null);
    }

    /** Scaling 1, and B·A is [[1, 2], [3, 6]]. */
    private static Map<String, Numbers> head() {
        return new TreeMap<>(Map.of(
                PREFIX + "lm_head.lora_A.weight", matrix(1, 2, "1 2"),
                PREFIX + "lm_head.lora_B.weight", matrix(2, 1, "1 3")));
    }

    /** What embedding and head do while the adapter is beside the model they do when it is in it. */
    @Test
    void aTiedHeadThatIsAdaptedBecomesATensorOfItsOwn() throws IOException {
        tied();
        Map<String, Numbers> adapter = head();
        adapter.put(PREFIX + "lm_head.base_layer.weight", matrix(2, 2, "1 1 1 1"));
        fold(adapter(adapter, config(1, 1, "base")));
        assertThat(folded().get(EMBEDDING)).containsExactly(numbers("1 1 1 1"));
        assertThat(folded().get(HEAD)).containsExactly(numbers("2 3 4 7"));
        assertThat(folder.resolve("out/config.json")).content().contains("\"tie_word_embeddings\" : false");
    }

    @Test
    void theHeadOfATiedEmbeddingThatIsAdaptedStaysAsItWas() throws IOException {
        tied();
        fold(adapter(
                Map.of(
                        PREFIX + "model.embed_tokens.lora_embedding_A", matrix(1, 2, "1 2"),
                        PREFIX + "model.embed_tokens.lora_embedding_B", matrix(2, 1, "1 3")),
                config(1, 1, "base")));
        assertThat(folded().get(EMBEDDING)).containsExactly(numbers("2 4 3 7"));
        assertThat(folded().get(HEAD)).containsExactly(numbers("1 1 1 1"));
        assertThat(folder.resolve("out/config.json")).content().contains("\"tie_word_embeddings\" : false");
    }

    /** PEFT loads what the adapter says of the base's tensor into the one that both share. */
    @Test
    void aSavedEmbeddingTakesThePlaceOfTheBasesAndStaysTied() throws IOException {
        tied();
        Map<String, Numbers> adapter = q();
        adapter.put(PREFIX + EMBEDDING, matrix(2, 2, "5 6 7 8"));
        fold(adapter(adapter, config(1, 1, "base")));
        assertThat(folded().get(EMBEDDING)).containsExactly(numbers("5 6 7 8"));
        assertThat(folded()).doesNotContainKey(HEAD);
    }

    @Test
    void anAdapterMayHaveNothingButWholeTensors() throws IOException {
        tied();
        fold(adapter(Map.of(PREFIX + "m.q.weight", matrix(1, 1, "4")), config(1, 1, "base")));
        assertThat(folded().get("m.q.weight")).containsExactly(4);
    }

    @ParameterizedTest
    @CsvSource({
        "m.q.lora_A.weight, m.q.lora_B.weight, m.n.weight",
        "base_model.model.m.q.lora_A.default.weight, base_model.model.m.q.lora_B.default.weight, m.n.base_layer.weight",
        "m.q.lora_A.v2.weight, m.q.lora_B.v2.weight, base_model.model.m.n.modules_to_save.v2.weight",
        "m.q.lora_A.v2.weight, m.q.lora_B.v2.weight, base_model.model.m.modules_to_save.v2.n.weight",
    })
    void readsTheNamesThatPeopleHave(String a, String b, String whole) throws IOException {
        base(Map.of("m.q.weight", matrix(1, 1, "1"), "m.n.weight", matrix(1, 1, "1")), "{}");
        fold(adapter(
                Map.of(
                        a,
                        matrix(1, 1, "2"),
                        b,
                        matrix(1, 1, "3"),
                        whole,
                        matrix(1, 1, "9"),
                        "m.n.original_module.weight",
                        matrix(1, 1, "8"),
                        "m.rotary_emb.inv_freq",
                        matrix(1, 1, "8")),
                config(1, 1, "base")));
        assertThat(folded().get("m.q.weight")).containsExactly(7);
        assertThat(folded().get("m.n.weight")).containsExactly(9);
        assertThat(notes).singleElement().asString().contains("found without base_model.model. before the name");
    }

    @Test
    void namesWhatDoesNotFit() throws IOException {
        base(Map.of("m.q.weight", matrix(1, 1, "1"), EMBEDDING, matrix(2, 2, "1 1 1 1")), "{}");
        Map<String, Numbers> resized = q();
        resized.put(PREFIX + EMBEDDING, matrix(3, 2, "1 1 1 1 1 1"));
        resized.put(PREFIX + "score.weight", matrix(1, 1, "1"));
        assertRefused(
                resized, EMBEDDING + ": found [2, 2] of F32, expected [3, 2]", "score.weight: found no such tensor");
        assertRefused(head(), "lm_head.weight: found no such tensor");
        Map<String, Numbers> twice = q();
        twice.put(PREFIX + "m.q.lora_A.other.weight", matrix(1, 1, "1"));
        assertRefused(twice, "the same as base_model.model.m.q.lora_A.other.weight, expected one adapter");
        Map<String, Numbers> lengths = q();
        lengths.put(PREFIX + "m.q.lora_magnitude_vector", Numbers.f32(new long[] {1}, 1));
        assertRefused(lengths, "expected use_dora: false");
        Map<String, Numbers> tokens = q();
        tokens.put(PREFIX + "m.embed.token_adapter.trainable_tokens_delta", matrix(1, 1, "1"));
        assertRefused(tokens, "found a tensor that is no LoRA factor");
    }

    @Test
    void mergedAdaptersHaveTheUsualNamesFloat32AndWhatAllHaveWhole() throws IOException {
        Map<String, Numbers> bare = new TreeMap<>(Map.of(
                "m.q.lora_A.default.weight", Numbers.of(Dtype.BF16, new long[] {1, 1}, 2),
                "m.q.lora_B.default.weight", Numbers.of(Dtype.BF16, new long[] {1, 1}, 3),
                "m.q.base_layer.weight", matrix(1, 1, "5"),
                "m.n.modules_to_save.default.weight", matrix(1, 1, "6")));
        Path one = adapter(bare, expression(".*q"));
        Map<String, Numbers> usual = q();
        usual.put(PREFIX + "m.q.base_layer.weight", matrix(1, 1, "5"));
        Path other = adapter(usual, expression(".*\\.q"));
        merge(one, other);
        assertThat(Fixtures.read(folder.resolve("merged").resolve(AdapterFolder.WEIGHTS)))
                .containsOnlyKeys(
                        PREFIX + "m.q.lora_A.weight",
                        PREFIX + "m.q.lora_B.weight",
                        PREFIX + "m.q.base_layer.weight",
                        PREFIX + "m.n.weight");
        try (AdapterFolder merged = AdapterFolder.open(folder.resolve("merged"))) {
            assertThat(merged.modules().get("m.q").a().info().dtype()).isEqualTo(Dtype.F32);
            assertThat(merged.wholes().get("m.n.weight").trained()).isTrue();
            assertThat(merged.config().modulesToSave()).containsExactly("m.n");
            assertThat(merged.config().targetModules())
                    .isEqualTo(new TargetModules.Names(new TreeSet<>(Set.of("m.q"))));
        }
    }

    @Test
    void whatIsNoFactorMustBeTheSameInEveryAdapter() throws IOException {
        Map<String, Numbers> first = q();
        first.put(PREFIX + "m.n.weight", matrix(1, 1, "5"));
        Map<String, Numbers> second = q();
        second.put(PREFIX + "m.n.weight", matrix(1, 1, "6"));
        Path one = adapter(first, config(1, 1, "base"));
        Path other = adapter(second, config(1, 1, "base"));
        assertThatThrownBy(() -> merge(one, other))
                .hasMessageContaining("m.n.weight: found a tensor other than that of 0, expected the same in every");
    }

    @Test
    void lengthsOfDoraAreNotMerged() {
        Path dora = PEFT.resolve("dora");
        assertThatThrownBy(() -> merge(dora, dora)).hasMessageContaining("use_dora: found true, expected plain LoRA");
    }

    private static Map<String, Numbers> q() {
        return new TreeMap<>(Map.of(
                PREFIX + "m.q.lora_A.weight", matrix(1, 1, "1"), PREFIX + "m.q.lora_B.weight", matrix(1, 1, "1")));
    }

    private static AdapterConfig expression(String pattern) {
        return new AdapterConfig(
                1,
                1,
                0,
                new TargetModules.Expression(pattern),
                new TreeSet<>(),
                false,
                false,
                Map.of(),
                Map.of(),
                "none",
                "base",
                null);
    }

    private void tied() throws IOException {
        base(
                Map.of(EMBEDDING, matrix(2, 2, "1 1 1 1"), "m.q.weight", matrix(1, 1, "1")),
                "{\"tie_word_embeddings\": true}");
    }

    private void base(Map<String, Numbers> tensors, String config) throws IOException {
        Fixtures.write(folder.resolve("base/model.safetensors"), tensors, Header.PYTORCH);
        Files.writeString(folder.resolve("base/config.json"), config);
    }

    private Path adapter(Map<String, Numbers> tensors, AdapterConfig config) throws IOException {
        Path lora = Files.createTempDirectory(folder, "lora");
        Fixtures.write(lora.resolve(AdapterFolder.WEIGHTS), tensors, Map.of());
        config.write(lora);
        return lora;
    }

    private void fold(Path adapter) {
        fold(adapter, 2);
    }

    private void fold(Path adapter, int threads) {
        ProgressListener said = new ProgressListener() {
            @Override
            public void planned(List<String> lines) {
                notes.addAll(lines);
            }

            @Override
            public void advanced(long done, long total) {}
        };
        AdapterFold.fold(
                folder.resolve("base"),
                adapter,
                folder.resolve("out"),
                Optional.empty(),
                said,
                RunSettings.of(threads));
    }

    private Map<String, float[]> folded() {
        return Fixtures.read(folder.resolve("out/model.safetensors"));
    }

    private void merge(Path... adapters) {
        List<AdapterMerge.Input> inputs = new ArrayList<>();
        for (Path adapter : adapters) {
            inputs.add(new AdapterMerge.Input(String.valueOf(inputs.size()), adapter, 1));
        }
        AdapterMerge.merge(inputs, new AdapterMergeSettings("linear", null, null, null), folder.resolve("merged"));
    }

    private void assertRefused(Map<String, Numbers> tensors, String... said) throws IOException {
        Path adapter = adapter(tensors, config(1, 1, "base"));
        assertThatThrownBy(() -> fold(adapter))
                .satisfies(e -> assertThat(e.getMessage()).contains(said));
    }
}
