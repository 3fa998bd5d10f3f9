package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.ChildProcess;
import dev.lethe.cli.Console;
import dev.lethe.cli.Models;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.safetensors.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A merge in a process of its own that is killed and started again until it is through. */
class KilledMergeTest {
    private static final int TENSORS = 64;
    private static final int ELEMENTS = 1 << 17;

    @TempDir
    Path folder;

    @Test
    void givesTheBytesOfOneThatWasNotKilled() throws Exception {
        for (String model : new String[] {"base", "a", "b"}) {
            Models.write(folder.resolve(model), Dtype.BF16, tensors(model.hashCode()));
        }
        Path config = Files.writeString(
                folder.resolve("ties.yml"),
                """
                merge_method: ties
                base_model: base
                models:
                - {model: a, parameters: {weight: 0.5, density: 0.5}}
                - {model: b, parameters: {weight: 0.5, density: 0.5}}
                """);
        assertThat(Console.run("merge", "--mergekit", config, folder.resolve("expected"), "--no-fsync", "--plain"))
                .extracting(Console::exitCode)
                .isEqualTo(0);

        SplittableRandom random = new SplittableRandom(5);
        int killed = 0;
        for (int begun = random.nextInt(2, 12); begun < TENSORS; begun += random.nextInt(12, 24)) {
            Process merge = start(config);
            while (merge.isAlive() && pieces() < begun) {
                Thread.onSpinWait();
            }
            merge.destroyForcibly().waitFor();
            killed += Files.exists(folder.resolve("out")) ? 0 : 1;
        }
        if (!Files.exists(folder.resolve("out"))) {
            assertThat(ChildProcess.await(start(config))).isEqualTo(0);
        }

        assertThat(killed).isPositive();
        assertThat(Digest.ofFolder(folder.resolve("out"))).isEqualTo(Digest.ofFolder(folder.resolve("expected")));
        assertThat(folder.resolve(".out.merge")).doesNotExist();
    }

    private Process start(Path config) throws IOException {
        String out = folder.resolve("out").toString();
        List<String> merge = ChildProcess.lethe("merge", "--mergekit", config.toString(), out, "--no-fsync", "--plain");
        return ChildProcess.start(merge, folder.resolve("log"));
    }

    /** Of the journal, after its first line. */
    private long pieces() throws IOException {
        Path journal = folder.resolve(".out.merge/journal");
        if (!Files.exists(journal)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(journal)) {
            return lines.count() - 1;
        } catch (IOException e) {
            return 0; // it is being renamed
        }
    }

    private static Map<String, float[]> tensors(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> tensors = new TreeMap<>();
        for (int i = 0; i < TENSORS; i++) {
            float[] numbers = new float[ELEMENTS];
            for (int j = 0; j < ELEMENTS; j++) {
                numbers[j] = random.nextInt(-1000, 1000) / 1000f;
            }
            tensors.put("model.layers.%02d.mlp.weight".formatted(i), numbers);
        }
        return tensors;
    }
}
