package dev.lethe.cli.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.RunResult;
import dev.lethe.catalog.Catalog;
import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is wrong with rows, documents, generations or questions: no message says anything of what they say. (Settings are
 * quoted: a manifest, a model's configuration.)
 */
class SecretRowsTest {
    private static final String SECRET = "Zerberus7";

    private static final String SUITE = "{name: semeval2025, maxNewTokens: 4}";

    private static final String EVERY_SUITE =
            """
            {name: semeval2025, maxNewTokens: 4}, {name: memorization},
              {name: mia, nonMembers: {uri: file:retain.jsonl}}, {name: fluency},
              {name: utility, heldOut: {uri: file:held-out.jsonl}, choices: {uri: file:choices.jsonl}},
              {name: relearn, steps: 2}, {name: quantize}, {name: leakage, maxNewTokens: 4},
              {name: refusal, maxNewTokens: 4, benign: {uri: file:retain.jsonl}}
            """;

    private static final String EVALUATION =
            """
            apiVersion: lethe.dev/v1alpha1
            kind: ModelEvaluation
            metadata: {name: alone}
            spec:
              model: {uri: file:model}
              forget: {uri: file:%1$s}
              retain: {uri: file:%2$s}
              suites: [{name: semeval2025, maxNewTokens: 1}]
              output: {uri: "file:measured-%1$s-%2$s"}
            """;

    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void makeJob() {
        job = TinyJob.in(folder);
    }

    /** A row of which every field says the secret, and what goes wrong with it. */
    static Stream<String> brokenRows() {
        String whole = "{'id': 'Ssc1', 'input': 'S', 'output': 'S', 'task': 'Task1'}";
        String other = "{'id': 'other', 'input': 'S', 'output': 'S'}";
        return Stream.of(
                        whole + "\n" + whole,
                        whole.replace("sc1", "") + "\n" + other,
                        whole.replace("'output': 'S'", "'output': ''"),
                        whole.replace("'output': 'S'", "'output': ' '"),
                        whole.replace("'output': 'S'", "'output': 7"),
                        whole.replace("'output'", "'S'"),
                        whole.replace("}", ", 'kind': 'S'}"),
                        whole.replace("}", ", 'S': 'S', 'S': 'S'}"),
                        whole.replace("'Task1'", "'S'"),
                        whole.replace("'Task1'", "['S']"),
                        whole.replace("'Ssc1'", "S"),
                        whole.replace("'}", ""),
                        whole.substring(1),
                        whole + " S",
                        "\ufeff" + whole,
                        "[" + whole + "]",
                        "S",
                        "'S'",
                        "S: S",
                        "{'S': {'S': 'S'}}",
                        "{'document': ''}",
                        "{'id': {'S': 'S'}, 'input': {'S': 'S'}, 'output': {'S': ''}}",
                        "{'id': {'S': 'S'}, 'input': {'S': 'S', 'T': 'S'}, 'output': {'S': 'S'}}",
                        "S,S,S,S,S,S",
                        "S,A,B,C,D,S",
                        "'S,S\nS")
                .map(rows -> rows.replace('\'', '"').replace("S", SECRET) + "\n");
    }

    @ParameterizedTest
    @MethodSource("brokenRows")
    void inEveryPlaceThatReadsData(String rows) throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.jsonl"), rows);
        Path mmlu = Files.createDirectories(folder.resolve("mmlu/test")).getParent();
        Files.writeString(mmlu.resolve("test/sums_test.csv"), rows);
        Files.writeString(Files.createDirectories(mmlu.resolve("dev")).resolve("sums_dev.csv"), rows);
        String good = Files.readString(job.manifest());
        for (String role : List.of("forget.jsonl", "retain.jsonl")) {
            quiet("run", "--dry-run", "-f", manifest(good.replace("file:" + role, "file:broken.jsonl")));
        }
        for (String role : List.of(
                "members: {uri: file:broken.jsonl}",
                "nonMembers: {uri: file:broken.jsonl}",
                "mmlu: {uri: file:mmlu}")) {
            quiet("run", "--dry-run", "-f", manifest(good.replace("maxNewTokens: 4", "maxNewTokens: 4, " + role)));
        }
        for (String suite : List.of("utility, heldOut", "utility, choices", "refusal, benign")) {
            String suites = "{name: semeval2025}, {name: %s: {uri: file:broken.jsonl}}".formatted(suite);
            quiet("run", "--dry-run", "-f", manifest(good.replace(SUITE, suites)));
        }
        Path forget = folder.resolve("forget.jsonl");
        Path retain = folder.resolve("retain.jsonl");
        quiet("score", "--forget", broken, "--retain", retain, "--generations", retain);
        quiet("score", "--forget", forget, "--retain", broken, "--generations", retain);
        quiet("score", "--forget", forget, "--retain", retain, "--generations", broken);
        Path config = folder.resolve("scratch/config.json");
        quiet("init", "--config", config, "--vocabulary", broken, folder.resolve("new"));
        quiet("inspect", broken);
        quiet("evaluate", "-f", manifest(EVALUATION.formatted("broken.jsonl", "retain.jsonl")));
        quiet("evaluate", "-f", manifest(EVALUATION.formatted("broken.jsonl", "broken.jsonl")));
    }

    @Test
    void inARunThatCarriesThemOut() throws IOException {
        for (String file : List.of("forget.jsonl", "retain.jsonl")) {
            Path rows = folder.resolve(file);
            Files.writeString(rows, Files.readString(rows).replaceAll("secret|public|What|It is", "$0 " + SECRET));
        }
        // Relearning scores only what no other row tells.
        Path forget = folder.resolve("forget.jsonl");
        Files.writeString(
                forget,
                Files.readString(forget)
                        .replace(" 0.", " jj.")
                        .replace(" 7.", " qq.")
                        .replace(" 14.", " xx.")
                        .replace(" 21.", " zz."));
        Files.writeString(
                folder.resolve("held-out.jsonl"),
                "{\"id\": 1, \"input\": \"Then S?\", \"output\": \"It is S.\"}".replace("S", SECRET));
        Files.writeString(
                folder.resolve("choices.jsonl"),
                "{\"question\": \"S\", \"choices\": [\"a\", \"S\"], \"answer\": 1}".replace("S", SECRET));
        job.with(SUITE, EVERY_SUITE);
        quiet("run", "--plain", "-f", job.manifest(), "--workdir", job.workdir());
        quiet("status", "--workdir", job.workdir());
        assertThat(job.published()).isDirectory();
        RunResult result = Documents.read(job.workdir().resolve("result.json"), RunResult.class);
        assertThat(result.systems().get("merge").notMeasured().keySet())
                .allMatch(metric -> metric.startsWith("semeval2025/")
                        || metric.startsWith("leakage/")
                        || metric.equals("memorization/forget-novel-excess")
                        || metric.equals("mia/reference-auc"));
        assertThat(result.systems().get("merge").metrics()).hasSizeGreaterThan(36);
        requireHiddenEverywhere();
        assertThat(Console.printed("report", "--show-forget-text", "--workdir", job.workdir()))
                .doesNotContain(SECRET);
        assertThat(job.workdir().resolve("report.html")).content(UTF_8).contains(SECRET);
        quiet("report", "--workdir", job.workdir());
        requireHiddenEverywhere();
    }

    private void requireHiddenEverywhere() throws IOException {
        try (Stream<Path> work = Files.walk(job.workdir());
                Stream<Path> published = Files.walk(job.published())) {
            Stream.concat(work, published)
                    .filter(Files::isRegularFile)
                    .filter(file -> !Catalog.SUITES.names().contains(folderOf(file))) // what a suite asked and was told
                    .filter(file -> !file.getFileName().toString().equals("tokenizer.json"))
                    .forEach(file -> assertThat(bytes(file)).as(file.toString()).doesNotContain(SECRET));
        }
    }

    private Path manifest(String text) throws IOException {
        return Files.writeString(job.manifest(), text);
    }

    private static String folderOf(Path file) {
        return file.getParent().getFileName().toString();
    }

    private static String bytes(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void quiet(Object... arguments) {
        PrintStream out = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        System.setOut(new PrintStream(text, true, UTF_8));
        try {
            Console console = Console.run(arguments);
            assertThat(console.errors() + text.toString(UTF_8))
                    .as(List.of(arguments).toString())
                    .doesNotContainIgnoringCase(SECRET);
        } finally {
            System.setOut(out);
        }
    }
}
