package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import dev.lethe.cli.Models;
import dev.lethe.merge.file.FileTree;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code merge -f} of whole models. */
class MergeManifestTest {
    @TempDir
    Path folder;

    /** A base of zeros, and a model of (8, 4, 2, 1), in three layers of two tensors. */
    @BeforeEach
    void models() throws IOException {
        Models.write(folder.resolve("base"), tensors(0, 0, 0, 0));
        Models.write(folder.resolve("tuned"), tensors(8, 4, 2, 1));
    }

    private static Map<String, float[]> tensors(float... numbers) {
        Map<String, float[]> tensors = new TreeMap<>();
        for (int layer = 0; layer < 3; layer++) {
            tensors.put("model.layers.%d.mlp.weight".formatted(layer), numbers);
            tensors.put("model.layers.%d.self_attn.weight".formatted(layer), numbers);
        }
        return tensors;
    }

    private Path manifest(String semantics, String input) throws IOException {
        return Files.writeString(
                folder.resolve("merge.yaml"),
                """
                apiVersion: lethe.dev/v1alpha1
                kind: ModelMerge
                metadata: {name: tiny}
                spec:
                  base: {uri: file:base}
                  inputs:
                  - {name: tuned, uri: file:tuned, %s}
                  method: ties
                  semantics: %s
                  parameters: {normalize: false}
                  output: {uri: file:merged, form: model}
                """
                        .formatted(input, semantics));
    }

    /** Weights 0, ½, 1 over the layers, ¼ in all attentions; density ½ keeps 8 and 4, in attentions 1 keeps all. */
    @Test
    void weightsAndDensitiesDifferBetweenLayersAndTensors() throws IOException {
        Path manifest = manifest(
                "lethe",
                "density: 0.5, tensors: [{filter: self_attn, weight: [0.25], density: [1]}, {weight: [0, 0.5, 1]}]");
        assertThat(Console.run("merge", "-f", manifest, "--plain", "--no-fsync").exitCode())
                .isEqualTo(0);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("merged/model.safetensors"))) {
            assertThat(read(file, "model.layers.0.mlp.weight")).containsExactly(0, 0, 0, 0);
            assertThat(read(file, "model.layers.1.mlp.weight")).containsExactly(4, 2, 0, 0);
            assertThat(read(file, "model.layers.2.mlp.weight")).containsExactly(8, 4, 0, 0);
            assertThat(read(file, "model.layers.0.self_attn.weight")).containsExactly(2, 1, 0.5f, 0.25f);
            assertThat(read(file, "model.layers.2.self_attn.weight")).containsExactly(2, 1, 0.5f, 0.25f);
        }
    }

    private static float[] read(SafetensorsFile file, String tensor) {
        return FloatBlocks.readAll(file.info(tensor).dtype(), file.data(tensor));
    }

    @Test
    void withoutDigestsTheWeightsAreTheSameAndNothingSpeaksOfThem() throws IOException {
        Path manifest = manifest("lethe", "density: 0.5");
        Path merged = folder.resolve("merged");
        Console.run("merge", "-f", manifest, "--plain");
        byte[] expected = Files.readAllBytes(merged.resolve("model.safetensors"));
        assertThat(merged.resolve("result.json")).exists();
        Files.move(merged, folder.resolve("earlier"));

        assertThat(Console.run("merge", "-f", manifest, "--plain", "--no-digests")
                        .exitCode())
                .isEqualTo(0);
        assertThat(Files.readAllBytes(merged.resolve("model.safetensors"))).isEqualTo(expected);
        assertThat(merged.resolve("result.json")).doesNotExist();
        assertThat(Console.run("merge", "-f", manifest, "--plain", "--no-digests")
                        .errors())
                .contains("merged: output: found an existing path");
    }

    @Test
    void aDryRunWritesNothingAndNamesWhatIsWrong() throws IOException {
        assertThat(Console.run("merge", "-f", manifest("lethe", "density: 0.5"), "--dry-run"))
                .isEqualTo(new Console(0, ""));
        assertThat(folder.resolve("merged")).doesNotExist();
        Models.write(folder.resolve("tuned"), Map.of("model.layers.0.mlp.weight", new float[] {1, 2}));
        Console wrong = Console.run("merge", "-f", manifest("lethe", "density: 0.5"), "--dry-run");
        assertThat(wrong.exitCode()).isEqualTo(65);
        assertThat(wrong.errors())
                .contains("model.layers.0.mlp.weight", "model.layers.1.mlp.weight")
                .hasLineCount(1);
    }

    @Test
    void adaptersAsPeftMergesThemHaveOneDensity() throws IOException {
        Console wrong = Console.run("merge", "-f", manifest("peft", "density: 0.5"), "--dry-run");
        assertThat(wrong.exitCode()).isEqualTo(65);
        assertThat(wrong.errors()).contains("an input's density and tensors need semantics other than peft");
    }

    /** V = 1 + 1·1 has the length 2; DoRA's is 5. Merged with another it would lose it. */
    @Test
    void oneAdapterOfDoraGoesIntoItsBaseAsItIs() throws IOException {
        matrices(folder.resolve("base/model.safetensors"), Map.of("q.weight", 1f));
        Path lora = Files.createDirectories(folder.resolve("tuned"));
        matrices(
                lora.resolve("adapter_model.safetensors"),
                Map.of("q.lora_A.weight", 1f, "q.lora_B.weight", 1f, "q.lora_magnitude_vector", 5f));
        Files.writeString(
                lora.resolve("adapter_config.json"),
                "{\"r\": 1, \"lora_alpha\": 1, \"target_modules\": \"q\", \"use_dora\": true}");
        Console done = Console.run("merge", "-f", adapters(1), "--plain", "--no-fsync");
        assertThat(done.exitCode()).isEqualTo(0);
        assertThat(folder.resolve("merged/merge-manifest.json")).content().contains("found without base_model.model.");
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("merged/model.safetensors"))) {
            assertThat(read(file, "q.weight")).containsExactly(5);
        }
        FileTree.discard(folder.resolve("merged"));
        Console wrong = Console.run("merge", "-f", adapters(2), "--dry-run");
        assertThat(wrong.errors()).contains("use_dora: found true, expected plain LoRA");
    }

    private Path adapters(int count) throws IOException {
        String inputs = IntStream.range(0, count)
                .mapToObj("{name: a%d, uri: file:tuned, weight: 1}"::formatted)
                .collect(Collectors.joining(", "));
        String manifest =
                """
                apiVersion: lethe.dev/v1alpha1
                kind: ModelMerge
                metadata: {name: tiny}
                spec:
                  base: {uri: file:base}
                  inputs: [%s]
                  method: linear
                  output: {uri: file:merged, form: model}
                """;
        return Files.writeString(folder.resolve("merge.yaml"), manifest.formatted(inputs));
    }

    /** Of one number each; lengths are vectors. */
    private static void matrices(Path file, Map<String, Float> numbers) {
        Map<String, TensorInfo> kinds = new TreeMap<>();
        numbers.keySet()
                .forEach(name -> kinds.put(
                        name, name.endsWith("vector") ? TensorInfo.of(Dtype.F32, 1) : TensorInfo.of(Dtype.F32, 1, 1)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, kinds, Header.PYTORCH)) {
            numbers.forEach((name, number) -> writer.write(name, MemorySegment.ofArray(bytes(number))));
            writer.commit();
        }
    }

    private static byte[] bytes(float number) {
        byte[] bytes = new byte[Float.BYTES];
        FloatBlocks.write(Dtype.F32, new float[] {number}, 1, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }
}
