package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person who made a mistake reads: one line each, and an exit code. */
class BadInputTest {
    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void makeJob() {
        job = TinyJob.in(folder);
    }

    @Test
    void anUnknownCommand() {
        says(65, "Unmatched argument at index 0: 'rnu' (lethe --help says more)", "rnu");
    }

    @Test
    void noManifest() {
        Path missing = folder.resolve("missing.yaml");
        says(65, missing + ": file: found nothing, expected a manifest", "run", "-f", missing);
    }

    @Test
    void anotherKind() {
        says(65, job.manifest() + ": kind: found UnlearningJob, expected ModelMerge", "merge", "-f", job.manifest());
    }

    @Test
    void aUriThatNeedsACluster() {
        job.with("file:model", "pvc://models/olmo");
        dryRun(
                65,
                job.manifest()
                        + ": spec.model.uri: found pvc://models/olmo, expected a file: URI; other schemes need a cluster");
    }

    @Test
    void aPlaceToPublishToThatIsElsewhere() {
        job.with("file:published", "oci://registry.example/models/olmo:4711");
        dryRun(
                65,
                job.manifest()
                        + ": spec.output.uri: found oci://registry.example/models/olmo:4711, expected a file: URI, as a model is"
                        + " published to this machine alone");
    }

    @Test
    void whatIsFetchedFromNowhere() {
        says(
                65,
                "fetch: URI: found file:a, expected a place that is reached over a network: hf://, s3:// or oci://",
                "fetch",
                "file:a",
                folder.resolve("fetched"));
        says(
                65,
                "fetch: URI: found hf://***@owner/model, expected no user, password or token in a URI: they come from the"
                        + " environment, or from a Secret",
                "fetch",
                "hf://token@owner/model",
                folder.resolve("fetched"));
    }

    @Test
    void whatOnlyAnImageOfOnesOwnCanDo() {
        job.with("suites: [{name: semeval2025", "suites: [{name: custom}, {name: semeval2025");
        dryRun(
                65,
                job.manifest()
                        + ": spec: found custom, expected objectives and suites of Lethe's own: an image of yours runs in a"
                        + " cluster alone");
    }

    @Test
    void severalAtOnce() throws IOException {
        Files.delete(folder.resolve("forget.jsonl"));
        Files.createDirectory(job.published());
        job.with("maxLength: 32}", "maxLength: 65}");
        Console console = Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run");
        assertThat(console.errors().lines())
                .containsExactly(
                        "lethe: %s: cannot be read: no such file".formatted(folder.resolve("forget.jsonl")),
                        "lethe: specialist over: training: maxLength: found 65, expected at most the model's 64 positions",
                        "lethe: specialist under: training: maxLength: found 65, expected at most the model's 64 positions",
                        "lethe: %s: output: found an existing path, expected a path that does not exist yet"
                                .formatted(job.published()));
        assertThat(console.exitCode()).isEqualTo(65);
    }

    @Test
    void rowsToForgetAndToKeep() throws IOException {
        Files.copy(folder.resolve("forget.jsonl"), folder.resolve("both.jsonl"));
        job.with("file:retain.jsonl", "file:both.jsonl");
        dryRun(
                65,
                "%s row 1: id, input and output: found 4 rows that are also in %s, expected forget and retain sets without a common row"
                        .formatted(folder.resolve("forget.jsonl"), folder.resolve("both.jsonl")));
    }

    @Test
    void aPickleFileIsRefused() throws IOException {
        Path model = folder.resolve("model");
        Files.move(model.resolve("model.safetensors"), model.resolve("pytorch_model.bin"));
        dryRun(
                77,
                model.resolve("pytorch_model.bin")
                        + ": format: found a pickle file, which may run code when read, expected model.safetensors");
    }

    @Test
    void aDigestThatDiffersIsRefused() {
        String digest = "sha256:" + "0".repeat(64);
        job.with("{uri: file:forget.jsonl}", "{uri: file:forget.jsonl, digest: \"%s\"}".formatted(digest));
        Console console = Console.run("run", "-f", job.manifest(), "--dry-run");
        assertThat(console.exitCode()).isEqualTo(77);
        assertThat(console.errors())
                .contains("forget.jsonl: digest: found sha256:")
                .endsWith("expected " + digest + "\n");
    }

    @Test
    void aPlaceThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Console console = Console.run("run", "-f", job.manifest(), "--workdir", file.resolve("work"));
        assertThat(console.exitCode()).isEqualTo(65);
        assertThat(console.errors())
                .startsWith("lethe: " + file.resolve("work") + ": cannot be written")
                .hasLineCount(1);
    }

    @Test
    void aStageFileThatIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("stage.json"), "{\"kind\": \"ModelMerge\"}");
        Console console = Console.run("stage", file);
        assertThat(console.exitCode()).isEqualTo(65);
        assertThat(console.errors()).startsWith("lethe: " + file + ": ").hasLineCount(1);
    }

    private void dryRun(int exitCode, String error) {
        says(exitCode, error, "run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run");
    }

    private static void says(int exitCode, String error, Object... arguments) {
        assertThat(Console.run(arguments)).isEqualTo(new Console(exitCode, "lethe: " + error + "\n"));
    }
}
