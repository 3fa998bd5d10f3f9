package dev.lethe.merge.combine;

import static dev.lethe.merge.combine.Adapters.config;
import static dev.lethe.merge.combine.Adapters.matrix;
import static dev.lethe.merge.method.Vectors.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.ShardIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFoldTest {
    private static final Path PEFT = Path.of("src/test/resources/parity/peft");
    private static final String SINGLE = "model.safetensors";

    @TempDir
    Path folder;

    @Test
    void agreesWithMergeAndUnload() throws IOException {
        Path base = Files.createDirectories(folder.resolve("base"));
        Files.copy(PEFT.resolve("base.safetensors"), base.resolve(SINGLE));
        fold(base, PEFT.resolve("expected/ties-total-0.8"), Optional.empty());
        Map<String, float[]> ours = Fixtures.read(folder.resolve("out").resolve(SINGLE));
        Map<String, float[]> theirs = Fixtures.read(PEFT.resolve("folded.safetensors"));
        assertThat(ours.keySet()).isEqualTo(theirs.keySet());
        ours.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                // The products are summed in another order than a matrix multiplication's: at most the last place of
                // the largest number in the sum.
                float largest = Math.max(Math.abs(theirs.get(name)[i]), 1f);
                assertThat(Math.abs(values[i] - theirs.get(name)[i])).as(name).isLessThanOrEqualTo(Math.ulp(largest));
            }
        });
    }

    @Test
    void keepsShardsSettingsAndTheBaseTypeAndRoundsOnce() throws IOException {
        Path base = folder.resolve("base");
        Map<String, Numbers> second = new TreeMap<>();
        second.put("m.v.weight", Numbers.of(Dtype.F16, new long[] {1, 2}, 1, 1));
        second.put("mask", Numbers.f32(new long[] {0}));
        Fixtures.write(
                base.resolve("model-1.safetensors"),
                Map.of("m.q.weight", Numbers.of(Dtype.BF16, new long[] {2, 3}, numbers("1 2 3 4 5 6"))),
                Header.PYTORCH);
        Fixtures.write(base.resolve("model-2.safetensors"), second, Map.of("b", "2", "a", "1"));
        new ShardIndex(
                        new TreeMap<>(Map.of(
                                "m.q.weight", "model-1.safetensors",
                                "m.v.weight", "model-2.safetensors",
                                "mask", "model-2.safetensors")),
                        OptionalLong.empty())
                .write(base);
        Files.writeString(base.resolve("config.json"), "{\"torch_dtype\":\"bfloat16\"}");
        Files.writeString(base.resolve("tokenizer.json"), "{}");
        Files.writeString(base.resolve("pytorch_model.bin"), "pickle");
        Files.createSymbolicLink(base.resolve("notes.txt"), Files.writeString(folder.resolve("rows"), "a secret"));
        Path lora = lora(matrix(1, 3, "1 0.0078125 1"), matrix(2, 1, "1 0.5"));
        AtomicLong done = new AtomicLong();
        Path out = folder.resolve("out");
        AdapterFold.Report report = AdapterFold.fold(base, lora, out, Optional.empty(), (bytes, total) -> {
            done.accumulateAndGet(bytes, Math::max);
            assertThat(total).isEqualTo(32);
        });
        assertThat(done).hasValue(32);
        assertThat(report.folded()).containsExactly("m.q.weight");
        assertThat(Fixtures.read(out.resolve("model-1.safetensors")).get("m.q.weight"))
                .containsExactly(numbers("3 2.015625 5 5 5 7"));
        assertThat(out.resolve("model-2.safetensors")).hasSameBinaryContentAs(base.resolve("model-2.safetensors"));
        assertThat(out.resolve("config.json")).hasSameBinaryContentAs(base.resolve("config.json"));
        assertThat(out.resolve("tokenizer.json")).exists();
        assertThat(out.resolve("pytorch_model.bin")).doesNotExist();
        assertThat(out.resolve("notes.txt")).doesNotExist();
        try (ModelFolder model = ModelFolder.open(out)) {
            assertThat(model.warnings()).isEmpty();
            assertThat(model.names()).hasSize(3);
        }
    }

    @Test
    void convertsWhenAskedAndSaysSoInTheSettings() throws IOException {
        Path base = folder.resolve("base");
        Fixtures.write(
                base.resolve(SINGLE),
                Map.of("m.q.weight", Numbers.f32(new long[] {1, 1}, 1), "n", Numbers.f32(new long[] {1}, 0.3f)),
                Header.PYTORCH);
        Files.writeString(base.resolve("config.json"), "{\"dtype\":\"float32\"}");
        Path lora = lora(matrix(1, 1, "1"), matrix(1, 1, "1"));
        fold(base, lora, Optional.of(Dtype.BF16));
        Path out = folder.resolve("out");
        assertThat(Fixtures.read(out.resolve(SINGLE)).get("n")).containsExactly(0.30078125f);
        assertThat(Fixtures.read(out.resolve(SINGLE)).get("m.q.weight")).containsExactly(3f);
        assertThat(out.resolve("config.json")).content().contains("\"dtype\" : \"bfloat16\"");
    }

    @Test
    void foldsEmbeddingsTransposed() throws IOException {
        Path base = folder.resolve("base");
        Fixtures.write(base.resolve(SINGLE), Map.of("e.weight", matrix(3, 2, "0 0 0 0 0 0")), Header.PYTORCH);
        Path lora = folder.resolve("lora");
        Fixtures.write(
                lora.resolve(AdapterFolder.WEIGHTS),
                Map.of(
                        "base_model.model.e.lora_embedding_A", matrix(1, 3, "1 2 3"),
                        "base_model.model.e.lora_embedding_B", matrix(2, 1, "10 1")),
                Map.of());
        config(1, 1, "base").write(lora);
        fold(base, lora, Optional.empty());
        assertThat(Fixtures.read(folder.resolve("out").resolve(SINGLE)).get("e.weight"))
                .containsExactly(numbers("10 1 20 2 30 3"));
    }

    /** Ranks beside the unrolled step, several blocks of rows; the plain sum is the reference. */
    @Test
    void givesTheSameBytesForAnyNumberOfThreads() throws IOException {
        int rows = 700;
        int columns = 513;
        int rank = 7;
        float[] w = random(1, rows * columns);
        float[] a = random(2, rank * columns);
        float[] b = random(3, rows * rank);
        Path base = folder.resolve("base");
        Fixtures.write(
                base.resolve(SINGLE), Map.of("m.q.weight", Numbers.f32(new long[] {rows, columns}, w)), Header.PYTORCH);
        Path lora = Adapters.write(
                folder.resolve("lora"),
                config(rank, 2 * rank, "base"),
                "m.q",
                Numbers.f32(new long[] {rank, columns}, a),
                Numbers.f32(new long[] {rows, rank}, b));
        String digest = null;
        for (int threads : new int[] {1, 2, 8}) {
            Path out = folder.resolve("out" + threads);
            AdapterFold.fold(base, lora, out, Optional.empty(), ProgressListener.NONE, RunSettings.of(threads));
            assertThat(digest == null || digest.equals(Digest.ofFolder(out))).isTrue();
            digest = Digest.ofFolder(out);
        }
        float[] folded = Fixtures.read(folder.resolve("out1").resolve(SINGLE)).get("m.q.weight");
        for (int i = 0; i < folded.length; i++) {
            float sum = 0;
            for (int k = 0; k < rank; k++) {
                sum += b[i / columns * rank + k] * a[k * columns + i % columns];
            }
            assertThat(folded[i]).isEqualTo(w[i] + 2 * sum);
        }
    }

    @Test
    void refusesWhatDoesNotFitBeforeItWrites() throws IOException {
        Path base = folder.resolve("base");
        Fixtures.write(base.resolve(SINGLE), Map.of("m.q.weight", matrix(2, 2, "1 1 1 1")), Header.PYTORCH);
        Path lora = lora(matrix(1, 3, "1 1 1"), matrix(2, 1, "1 1"));
        assertInvalid(base, lora, "m.q.weight: found [2, 2] of F32, expected [2, 3]");
        Fixtures.write(base.resolve(SINGLE), Map.of("m.k.weight", matrix(2, 3, "1 1 1 1 1 1")), Header.PYTORCH);
        assertInvalid(base, lora, "m.q.weight: found no such tensor");
        Numbers half = Numbers.of(Dtype.F16, new long[] {2, 3}, numbers("65504 1 1 1 1 1"));
        Fixtures.write(base.resolve(SINGLE), Map.of("m.q.weight", half), Header.PYTORCH);
        Path large = lora(matrix(1, 3, "99 1 1"), matrix(2, 1, "1 1"));
        assertInvalid(base, large, "merge: m.q.weight: element 0: found 65702.0, that is Infinity in F16");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("base", "lora");
        }
    }

    private void assertInvalid(Path base, Path lora, String said) {
        assertThatThrownBy(() -> fold(base, lora, Optional.empty()))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(said);
    }

    /** An adapter of m.q with rank 1 and scaling 2. */
    private Path lora(Numbers a, Numbers b) throws IOException {
        return Adapters.write(folder.resolve("lora"), config(1, 2, "base"), "m.q", a, b);
    }

    private void fold(Path base, Path lora, Optional<Dtype> dtype) {
        AdapterFold.fold(base, lora, folder.resolve("out"), dtype, ProgressListener.NONE);
    }

    private static float[] random(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
