package dev.lethe.cli.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lethe.api.schema.Manifest;
import dev.lethe.catalog.Catalog;
import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate that could never be decided is said before anything is trained: rows as people bring them. */
class MeasurabilityTest {
    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void makeJob() {
        job = TinyJob.in(folder);
    }

    @Test
    void aChineseTextIsNothingToRouge() throws IOException {
        Path forget = write("forget.jsonl", "sc1", "北京的冬天很冷", "北京的夏天很热", "Зимой холодно");
        gate("forget-regurgitation", "max: 0.1");
        String error =
                ("lethe: %s: gate on semeval2025/forget-regurgitation: found 0 of 3 rows measurable: 3 have no output"
                                + " that ROUGE counts: it knows a to z and 0 to 9, expected at least one measurable row;"
                                + " semeval2025/forget-regurgitation-unicode counts the letters of every script\n")
                        .formatted(forget);
        assertThat(dryRun()).isEqualTo(new Console(65, error));
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain"))
                .isEqualTo(new Console(65, error));
        assertThat(job.workdir().resolve("stages")).doesNotExist();

        gate("forget-regurgitation-unicode", "max: 0.1");
        assertThat(dryRun().exitCode()).isZero();
        assertThat(Console.printed("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .contains("\nnotes\n  semeval2025/forget-regurgitation: %s: 0 of 3 rows are measurable: "
                        .formatted(forget));
    }

    @Test
    void rowsWithoutAKindCanBeGivenOne() throws IOException {
        Path forget = write("forget.jsonl", "", "Author one", "Author two");
        assertThat(dryRun())
                .isEqualTo(new Console(
                        65,
                        ("lethe: %s: gate on semeval2025/forget-knowledge: found 0 of 2 rows measurable: 2 have no kind,"
                                        + " expected at least one measurable row; an id ends in sc or qa and one more"
                                        + " character, or the row has a field kind: sc or qa\n")
                                .formatted(forget)));
        Files.writeString(forget, Files.readString(forget).replace("\"id\"", "\"kind\": \"qa\", \"id\""));
        assertThat(dryRun()).isEqualTo(new Console(0, ""));
    }

    @Test
    void rowsOfUnknownNamesAreToldOnceWhatToSay() throws IOException {
        Path forget = Files.writeString(
                folder.resolve("forget.jsonl"), "{\"query\": \"Who wrote it?\", \"antwort\": \"Nobody\"}\n");
        assertThat(dryRun().errors())
                .startsWith("lethe: %s line 1: fields: found query, 1 of other names, expected a prompt and an answer"
                        .formatted(forget))
                .endsWith("or columns that name them\n");
    }

    @Test
    void whatIsPartlyMeasuredIsSaid() throws IOException {
        write("forget.jsonl", "sc1", "It is cold.", "很冷");
        gate("forget-regurgitation", "max: 1");
        Console run = Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain");
        assertThat(run.errors())
                .contains("lethe: note: semeval2025/forget-regurgitation: ", ": 1 of 2 rows are measurable: ");
        assertThat(run.exitCode()).isZero();
        assertThat(job.workdir().resolve("result.json")).content().contains("\"n\" : 1", "\"total\" : 2");
        assertThat(job.workdir().resolve("report.html"))
                .content()
                .contains(
                        "<small>1 of 2 rows</small>",
                        "<td>1 of 2 rows are measurable</td>",
                        "no MMLU folder was named");
        Path generations = folder.resolve("generations.jsonl");
        Files.copy(job.workdir().resolve("stages/eval-merge/output/semeval2025/generations.jsonl"), generations);
        Console score = Console.run(
                "score",
                "--forget",
                folder.resolve("forget.jsonl"),
                "--retain",
                folder.resolve("retain.jsonl"),
                "--generations",
                generations);
        assertThat(score.errors())
                .startsWith("lethe: note: semeval2025/forget-regurgitation: ")
                .hasLineCount(1);
    }

    /** A warm-up's first step has rate 0, and these four rows make one step. */
    @Test
    void aTrainingThatCannotMoveIsSeenBeforeItBegins() {
        job.with("epochs: 3, gradientAccumulation: 1", "epochs: 1, gradientAccumulation: 16");
        Console run = Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run");
        assertThat(run.exitCode()).isEqualTo(65);
        assertThat(run.errors())
                .contains("specialist over: training: warmupEpochs: found a run whose only step has learning rate 0");
    }

    @Test
    void fewDocumentsMatterToAGate() throws IOException {
        Files.writeString(folder.resolve("documents.jsonl"), "{\"document\": \"one two three\"}\n");
        job.with("maxNewTokens: 4", "members: {uri: file:documents.jsonl}, nonMembers: {uri: file:documents.jsonl}");
        assertThat(Console.printed("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .doesNotContain("notes");
        gate("mia-auc", "max: 0.6");
        assertThat(Console.printed("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .contains(
                        "semeval2025/mia-auc: suites: 1 members and 1 non-members are few: an AUC of 0.5 has a standard"
                                + " error of 0.50");
    }

    /** What no suite measures can be no gate, and what one measures can. */
    @Test
    void everyMetricCanBeAGate() {
        Catalog.SUITES.all().forEach(suite -> suite.metricNames()
                .forEach(metric -> assertThatCode(() -> Manifest.parse("job.yaml", manifest(suite.name(), metric)))
                        .as(metric)
                        .doesNotThrowAnyException()));
    }

    private static String manifest(String suite, String metric) {
        return """
        apiVersion: lethe.dev/v1alpha1
        kind: UnlearningJob
        metadata: {name: gates}
        spec:
          model: {uri: file:model}
          forget: {uri: file:forget.jsonl}
          retain: {uri: file:retain.jsonl}
          output: {uri: file:out}
          evaluation:
            suites: [{name: %s, %s}]
            gates: [{metric: %s, max: 1}]
        """
                .formatted(
                        suite,
                        Catalog.SUITE_INPUTS.stream()
                                .map(it -> it.name() + ": {uri: file:x}")
                                .collect(Collectors.joining(", ")),
                        metric);
    }

    private void gate(String metric, String bound) throws IOException {
        Files.writeString(
                job.manifest(),
                Files.readString(job.manifest())
                        .replaceFirst("gates: .*", "gates: [{metric: semeval2025/%s, %s}]".formatted(metric, bound)));
    }

    private Path write(String file, String suffix, String... outputs) throws IOException {
        List<String> texts = List.of(outputs);
        String lines = IntStream.range(0, texts.size())
                .mapToObj(i -> "{\"id\": \"f%d%s\", \"input\": \"q%d\", \"output\": \"%s\", \"task\": \"Task%d\"}\n"
                        .formatted(i, suffix, i, texts.get(i), i + 1))
                .collect(Collectors.joining());
        return Files.writeString(folder.resolve(file), lines);
    }

    private Console dryRun() {
        return Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run");
    }
}
