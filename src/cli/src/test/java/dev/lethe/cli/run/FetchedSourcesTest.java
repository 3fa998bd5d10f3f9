package dev.lethe.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.RunResult;
import dev.lethe.cli.ChildProcess;
import dev.lethe.cli.TinyJob;
import dev.lethe.merge.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose model and rows are on a hub, of which the hub's cache on this machine has what an earlier download left. */
class FetchedSourcesTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void fillCache() throws IOException {
        job = TinyJob.in(folder);
        cached("models--owner--tiny", folder.resolve("model"));
        Path rows = Files.createDirectory(folder.resolve("rows"));
        Files.move(folder.resolve("forget.jsonl"), rows.resolve("forget.jsonl"));
        cached("datasets--owner--rows", rows);
    }

    /** Moves a folder into the cache, whose {@code main} it is. */
    private void cached(String repository, Path files) throws IOException {
        Path kept = folder.resolve("hf/hub").resolve(repository);
        Files.createDirectories(kept.resolve("snapshots"));
        Files.move(files, kept.resolve("snapshots", COMMIT));
        Files.writeString(Files.createDirectory(kept.resolve("refs")).resolve("main"), COMMIT);
    }

    @Test
    void aRunReadsWhatItsNamesStoodForWhenItBegan() throws Exception {
        job.with("file:model", "hf://owner/tiny")
                .with("file:forget.jsonl", "hf://datasets/owner/rows@main/forget.jsonl");
        assertThat(lethe(ChildProcess.command(job))).isZero();
        RunResult result = Documents.read(job.workdir().resolve("result.json"), RunResult.class);
        assertThat(result.inputs().get("model").uri()).isEqualTo("hf://owner/tiny@" + COMMIT);
        assertThat(result.inputs().get("forget").uri())
                .isEqualTo("hf://datasets/owner/rows@" + COMMIT + "/forget.jsonl");
        assertThat(result.systems().get("base").model().uri()).isEqualTo("hf://owner/tiny@" + COMMIT);
        assertThat(job.published().resolve("model.safetensors")).exists();

        FileTree.delete(folder.resolve("hf/hub/models--owner--tiny/refs"));
        assertThat(lethe(ChildProcess.command(job)))
                .as("the name is not looked up again")
                .isZero();
    }

    @Test
    void oneModelIsFetchedIntoAFolder() throws Exception {
        Path target = folder.resolve("fetched");
        List<String> command = ChildProcess.lethe("fetch", "hf://owner/tiny", target.toString());
        assertThat(lethe(command)).isZero();
        assertThat(Files.readString(log())).contains("tiny: done in", "hf://owner/tiny@" + COMMIT);
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(it -> it.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors", "tokenizer.json");
        }
        assertThat(lethe(command)).isEqualTo(65);
        assertThat(Files.readString(log()))
                .endsWith("lethe: %s: output: found an existing path, expected a path that does not exist yet%n"
                        .formatted(target));
    }

    private int lethe(List<String> command) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "HF_HOME=" + folder.resolve("hf"),
                "HF_HUB_OFFLINE=1",
                "LETHE_CACHE=" + folder.resolve("cache")));
        words.addAll(command);
        return ChildProcess.await(ChildProcess.start(words, log()));
    }

    private Path log() {
        return folder.resolve("log");
    }
}
