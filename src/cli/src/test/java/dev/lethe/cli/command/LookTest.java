package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import dev.lethe.cli.Models;
import dev.lethe.merge.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect} and {@code diff}. */
class LookTest {
    private static final String DOWN = "model.layers.0.mlp.down_proj.weight";
    private static final String NORM = "model.norm.weight";

    @TempDir
    Path folder;

    private Path base;
    private Path a;
    private Path b;

    /** Differences from the base: (3, 4, 0, −12) and (−3, 1, 0, 12); the norm's are equal. */
    @BeforeEach
    void write() throws IOException {
        base = model("base", new float[] {1, 1, 1, 1}, new float[] {0, 0});
        a = model("a", new float[] {4, 5, 1, -11}, new float[] {1, 2});
        b = model("b", new float[] {-2, 2, 1, 13}, new float[] {1, 2});
    }

    private Path model(String name, float[] down, float[] norm) throws IOException {
        return Models.write(folder.resolve(name), Map.of(DOWN, down, NORM, norm));
    }

    @Test
    void inspectListsTensorsAndDigest() {
        assertThat(Console.printed("inspect", a).lines())
                .containsExactly(
                        DOWN + "  F32   [4]                        16 B  model.safetensors",
                        NORM + "                    F32   [2]                         8 B  model.safetensors",
                        "2 tensors, 24 B, elements {F32=6}",
                        "metadata format: pt",
                        Digest.ofFolder(a));
        Path file = a.resolve("model.safetensors");
        assertThat(Console.printed("inspect", file)).endsWith(Digest.ofFile(file) + "\n");
    }

    @Test
    void inspectNamesWhatIsWrong() throws IOException {
        Path file = a.resolve("model.safetensors");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 200));
        Console cut = Console.run("inspect", a);
        assertThat(cut.exitCode()).isEqualTo(65);
        assertThat(cut.errors()).startsWith("lethe: " + file + ": ").hasLineCount(1);
        Console nothing = Console.run("inspect", folder.resolve("missing"));
        assertThat(nothing.exitCode()).isEqualTo(65);
        assertThat(nothing.errors())
                .startsWith("lethe: " + folder.resolve("missing"))
                .hasLineCount(1);
    }

    @Test
    void inspectCutsMetadata() throws IOException {
        String blob = "x\\n".repeat(1_000_000);
        String many =
                IntStream.range(0, 300).mapToObj(", \"k%d\": \"v\""::formatted).collect(Collectors.joining());
        byte[] header =
                "{\"__metadata__\": {\"blob\": \"%s\"%s}}".formatted(blob, many).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("long.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(Long.BYTES + header.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .array());
        assertThat(Console.printed("inspect", file))
                .hasSizeLessThan(2_500)
                .contains("metadata blob: x\\u000ax", "… (2000000 characters)\n", "metadata: 201 more\n");
    }

    /** The trim keeps 4 and −12 of the one, −3 and 12 of the other; 3 of 4 elements have a sign in both, one the same. */
    @Test
    void diffComparesTaskVectors() {
        assertThat(Console.printed("diff", a, b, "--base", base, "--density", "0.5")
                        .lines())
                .containsExactly(
                        "   cosine      norm A      norm B       A - B   signs  overlap  tensor",
                        " -0.92360       13.00       12.41       24.92   33.3%    50.0%  " + DOWN,
                        "  1.00000       2.236       2.236       0.000  100.0%   100.0%  " + NORM);
    }

    /** (4, 5, 1, −11) and (−2, 2, 1, 13): the cosine is −140 / √(163 · 178). */
    @Test
    void diffComparesModelsAsTheyAre() throws IOException {
        Models.write(b, Map.of(DOWN, new float[] {-2, 2, 1, 13}, "model.extra", new float[] {1}));
        assertThat(Console.printed("diff", a, b, "--density", "0.25").lines().skip(1))
                .containsExactly(
                        " -0.82191       12.77       13.34       24.92   50.0%   100.0%  " + DOWN,
                        "not compared: model.extra: only in " + b,
                        "not compared: %s: only in %s".formatted(NORM, a));
    }

    @Test
    void diffDrawsAHeatMap() throws IOException {
        Path page = folder.resolve("map.html");
        Console.printed("diff", a, b, "--base", base, "--html", page);
        String first = Files.readString(page);
        assertThat(first)
                .contains("mlp.down_proj.weight", "-0.92")
                .doesNotContain("<script", "http:", "https:", "src=");
        Console.printed("diff", a, b, "--base", base, "--html", page);
        assertThat(Files.readString(page)).isEqualTo(first);
    }

    @Test
    void diffNamesWhatIsWrong() {
        assertThat(Console.run("diff", a, b, "--density", "0"))
                .isEqualTo(new Console(
                        65, "lethe: diff: --density: found 0.0, expected a number above 0 and at most 1\n"));
        Path missing = folder.resolve("missing");
        Console nothing = Console.run("diff", a, missing);
        assertThat(nothing.exitCode()).isEqualTo(65);
        assertThat(nothing.errors()).startsWith("lethe: " + missing).hasLineCount(1);
    }
}
