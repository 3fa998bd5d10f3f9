package dev.lethe.merge.combine;

import static dev.lethe.merge.combine.Adapters.config;
import static dev.lethe.merge.combine.Adapters.matrix;
import static dev.lethe.merge.method.Vectors.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.TargetModules;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterMergeTest {
    private static final AdapterMergeSettings CAT = new AdapterMergeSettings("cat", null, null, null);
    private static final AdapterMergeSettings LINEAR = new AdapterMergeSettings("linear", null, null, null);

    @TempDir
    Path folder;

    private Path first;
    private Path second;

    /** Scalings 2 and 4. */
    @BeforeEach
    void adapters() throws IOException {
        first = Adapters.write(
                folder.resolve("1"),
                config(2, 4, "base"),
                "m.q",
                matrix(2, 3, "8 −1 4 2 −6 3"),
                matrix(2, 2, "4 −1 −3 2"));
        second = Adapters.write(
                folder.resolve("2"),
                config(2, 8, "base"),
                "m.q",
                matrix(2, 3, "−2 5 1 7 −3 −4"),
                matrix(2, 2, "1 6 −2 −5"));
    }

    @Test
    void tiesGivesTheGoldenFactors() throws IOException {
        MergeReport manifest = merge(AdapterMergeSettings.ties(.5), first, second);
        assertThat(factor("m.q", 'A')).containsExactly(numbers("16 7.5 8 10.5 −12 −6"));
        assertThat(factor("m.q", 'B')).containsExactly(numbers("8 9 −6 −7.5"));
        assertThat(manifest.tensors()).hasSize(2);
        assertThat(manifest.tensors().firstEntry().getValue().kept()).containsExactly(3L, 3L);
        assertThat(manifest.inputs().get("input0")).startsWith("sha256:");
        try (var files = Files.list(folder.resolve("merged"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(AdapterFolder.WEIGHTS, AdapterConfig.FILE, MergeReport.FILE);
        }
    }

    @Test
    void catIsTheWeightedSumOfTheProducts() {
        merge(CAT, first, second);
        assertThat(product("m.q", 2, 4, 3)).containsExactly(numbers("210 −21.25 .25 −149.75 −24.75 16.5"));
        assertThat(AdapterConfig.read(folder.resolve("merged"))).isEqualTo(config(4, 4, "base"));
    }

    /** Rank 1 and 2, rsLoRA and a pattern: r is the largest merged rank and scalings are in the factors. */
    @Test
    void catTakesAnyRankAndModulesThatOnlyOneHas() throws IOException {
        AdapterConfig settings = new AdapterConfig(
                4, 6, 0, new TreeSet<>(List.of("v")), true, Map.of("q", 1), Map.of("m.q", 3.0), "none", "base", null);
        Map<String, Numbers[]> modules = Map.of(
                "m.q", new Numbers[] {matrix(1, 3, "1 2 3"), matrix(2, 1, "1 −1")},
                "m.v", new Numbers[] {matrix(4, 1, "1 0 0 2"), matrix(1, 4, "1 0 0 1")});
        Path other = Adapters.write(folder.resolve("3"), settings, modules, Map.of());
        merge(CAT, first, other);
        assertThat(factor("m.q", 'A')).containsExactly(numbers("32 −4 16 8 −24 12 1.6875 3.375 5.0625"));
        assertThat(factor("m.q", 'B')).containsExactly(numbers("4 −1 1 −3 2 −1"));
        assertThat(factor("m.v", 'A')).containsExactly(numbers("1.6875 0 0 3.375"));
        AdapterConfig merged = AdapterConfig.read(folder.resolve("merged"));
        assertThat(merged.targetModules()).isEqualTo(new TargetModules.Names(new TreeSet<>(List.of("q", "v"))));
        assertThat(merged.rank()).isEqualTo(4);
        assertThat(merged.rankPattern()).containsExactly(Map.entry("m.q", 3));
        assertThat(merged.scaling().scalingOf("m.q")).isEqualTo(1);
        assertThat(merged.scaling().scalingOf("m.v")).isEqualTo(1);
        try (AdapterFolder opened = AdapterFolder.open(folder.resolve("merged"))) {
            assertThat(opened.modules()).containsOnlyKeys("m.q", "m.v");
        }
    }

    @Test
    void refusesWhatCannotBeMergedBeforeItWrites() throws IOException {
        Numbers a = matrix(1, 3, "1 1 1");
        Numbers b = matrix(2, 1, "1 1");
        Path otherRank = Adapters.write(folder.resolve("r"), config(1, 1, "base"), "m.q", a, b);
        assertInvalid(LINEAR, otherRank, "[[2, 3], [1, 3]]", "the same shape and rank");
        Path otherBase = Adapters.write(folder.resolve("b"), config(1, 1, "x"), "m.q", matrix(1, 2, "1 1"), b);
        assertInvalid(CAT, otherBase, "base_model_name_or_path: found x, expected base", "inputs: found 2");
        Path notFinite = Adapters.write(folder.resolve("n"), config(1, 1, "base"), "m.q", matrix(1, 3, "1 NaN 1"), b);
        assertInvalid(CAT, notFinite, "lora_A.weight: element 1: found NaN");
        Path noFactor = folder.resolve("f");
        Fixtures.write(noFactor.resolve(AdapterFolder.WEIGHTS), Map.of("m.q.bias", a), Map.of());
        config(1, 1, "base").write(noFactor);
        assertInvalid(CAT, noFactor, "tensors: found no LoRA factor");
        Path half = folder.resolve("h");
        Fixtures.write(half.resolve(AdapterFolder.WEIGHTS), Map.of(AdapterFolder.tensorName("m.q", 'A'), a), Map.of());
        config(1, 1, "base").write(half);
        assertInvalid(CAT, half, "m.q.lora_B.weight: found no such tensor");
        Path wrongRank = Adapters.write(folder.resolve("w"), config(2, 1, "base"), "m.q", a, b);
        assertInvalid(CAT, wrongRank, "found [1, 3]", "the rank 2");
        assertThatThrownBy(() -> AdapterMerge.merge(List.of(), CAT, folder.resolve("merged")))
                .hasMessageContaining("at least one adapter");
        assertThat(folder.resolve("merged")).doesNotExist();
    }

    @Test
    void theDigestOfTheBaseDecidesAndIsPassedOn() throws IOException {
        Map<String, Numbers[]> modules = Map.of("m.q", new Numbers[] {matrix(1, 1, "1"), matrix(1, 1, "1")});
        Path one = based("x", "sha256:1", modules);
        Path same = based("y", "sha256:1", modules);
        Path other = based("x", "sha256:2", modules);
        assertThatThrownBy(() -> merge(CAT, one, other)).hasMessageContaining("base digest: found sha256:2");
        merge(CAT, one, same);
        try (AdapterFolder merged = AdapterFolder.open(folder.resolve("merged"))) {
            assertThat(merged.baseDigest()).hasValue("sha256:1");
        }
    }

    @Test
    void refusesPickledAdaptersAndResultsThatOverflow() throws IOException {
        Path big = Adapters.write(
                folder.resolve("o"), config(1, 1, "base"), "m.q", matrix(1, 1, "70000"), matrix(1, 1, "1"));
        AdapterMergeSettings half = new AdapterMergeSettings("cat", null, null, Dtype.F16);
        assertThatThrownBy(() -> merge(half, big))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("Infinity");
        assertThat(folder.resolve("merged")).doesNotExist();
        Path pickled = Files.createDirectories(folder.resolve("p"));
        config(1, 1, "base").write(pickled);
        Files.createFile(pickled.resolve("adapter_model.bin"));
        assertThatThrownBy(() -> merge(CAT, pickled)).isInstanceOf(RefusedInput.class);
    }

    private Path based(String base, String digest, Map<String, Numbers[]> modules) throws IOException {
        return Adapters.write(
                folder.resolve(base + digest.charAt(7)),
                config(1, 1, base),
                modules,
                Map.of(AdapterFolder.BASE_DIGEST, digest));
    }

    private void assertInvalid(AdapterMergeSettings settings, Path other, String... said) {
        assertThatThrownBy(() -> merge(settings, first, other))
                .isInstanceOf(InvalidInput.class)
                .message()
                .contains(said)
                .hasLineCount(1);
    }

    /** Weights 2 and 0.5625. */
    private MergeReport merge(AdapterMergeSettings settings, Path... adapters) {
        List<AdapterMerge.Input> inputs = IntStream.range(0, adapters.length)
                .mapToObj(i -> new AdapterMerge.Input("input" + i, adapters[i], i == 0 ? 2 : 0.5625))
                .toList();
        return AdapterMerge.merge(inputs, settings, folder.resolve("merged"));
    }

    private float[] factor(String module, char factor) {
        Map<String, float[]> tensors = Fixtures.read(folder.resolve("merged").resolve(AdapterFolder.WEIGHTS));
        return tensors.get(AdapterFolder.tensorName(module, factor));
    }

    private float[] product(String module, int rows, int rank, int columns) {
        float[] a = factor(module, 'A');
        float[] b = factor(module, 'B');
        float[] product = new float[rows * columns];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < rank; k++) {
                product[i] += b[i / columns * rank + k] * a[k * columns + i % columns];
            }
        }
        return product;
    }
}
