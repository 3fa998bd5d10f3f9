package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvedJobTest {
    @TempDir
    private Path folder;

    @Test
    void aDryRunPrintsTheJobWithEveryDefaultAndThatJobIsTheSame() throws IOException {
        TinyJob job = TinyJob.in(folder);
        String yaml = resolved(job.manifest());
        assertThat(yaml)
                .contains("recipe: semeval2025-merge", "beta: 0.1", "batchSize: 16", "method: ties", "density: 0.8")
                .contains("weightDecay: 0.01", "epochs: 3");
        assertThat(resolved(Files.writeString(folder.resolve("again.yaml"), yaml)))
                .isEqualTo(yaml);
        assertThat(Console.run("run", "-f", job.manifest(), "-o", "yaml").errors())
                .contains("-o: FORMAT: found yaml, expected --dry-run beside it");
    }

    @Test
    void aDryRunSaysWhatMemoryEachTrainingTakes() {
        TinyJob job = TinyJob.in(folder);
        assertThat(Console.printed("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .containsPattern("\nmemory\n  train-over       f32 on cpu: [0-9.]+ MiB \\(base 0.0, .*\\);"
                        + " on a GPU at least bf16 [0-9.]+ MiB, int8 [0-9.]+ MiB, nf4 [0-9.]+ MiB\n  train-under ");
    }

    private String resolved(Path manifest) {
        return Console.printed("run", "-f", manifest, "--workdir", folder.resolve("w"), "--dry-run", "-o", "yaml");
    }
}
