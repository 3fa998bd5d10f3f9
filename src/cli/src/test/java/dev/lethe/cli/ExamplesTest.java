package dev.lethe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Verdict;
import dev.lethe.cli.manifest.Manifests;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.planner.stage.StageFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the {@code Makefile} and of {@code examples/README.md}, one after the other, as a newcomer types them. The
 * manifests are those of {@code examples/} with fewer rows, steps and tokens.
 */
class ExamplesTest {
    private static final Path HOME = Path.of("../..");

    /** What the quickstart leaves to its recipe, in short. */
    private static final String QUICK_JOB =
            """
            specialists: [{name: over, training: {epochs: 1}}, {name: under, training: {epochs: 1}}]
            merge: {search: {trials: 4}}
            evaluation:
              suites: [{name: semeval2025, nonMembers: {uri: file:nonmembers.jsonl}}]
              gates: [{metric: semeval2025/forget-knowledge, max: 0.1}]
            """
                    .indent(2)
                    .stripTrailing();

    private static final String QUICKSTART_OUTPUT = "  output: {uri: file:../../target/quickstart/model}";

    private static final String NO_DIGEST = "sha256:" + "0".repeat(64);

    @TempDir
    Path folder;

    @Test
    void theCommandsOfAPageRunAsTheyStandThere() throws IOException {
        layOut();
        run(commands("Makefile", "\t./lethe "));
        run(commands("examples/README.md", "    ./lethe "));

        StageResult measured = result("target/stages/evaluation");
        assertThat(measured.verdict()).isEqualTo(Verdict.Passed);
        assertThat(measured.inputs().get("model").digest())
                .isEqualTo(result("target/stages/three").output().digest());

        aModelIsPublishedByItsDigest();
    }

    /** The manifest of a cluster, with folders for its claims and a worker in place of its pod. */
    private void aModelIsPublishedByItsDigest() throws IOException {
        String manifest = Files.readString(folder.resolve("examples/stages/cluster/modelpublication.yaml"))
                .replace("pvc://lethe-workspace/", "file:" + folder.resolve("target") + "/")
                .replace("pvc://models/", "file:" + folder.resolve("models") + "/");
        assertThat(published(manifest).exitCode())
                .as("without the digest of the merge")
                .isEqualTo(77);
        assertThat(folder.resolve("models")).doesNotExist();

        String digest = result("target/stages/three").output().digest();
        assertThat(published(manifest.replace(NO_DIGEST, digest))).isEqualTo(new Console(0, ""));
        assertThat(result("models/three").output().digest()).isEqualTo(digest);
        assertThat(folder.resolve("models/three/README.md")).content().contains("Declared, not measured.");
    }

    private Console published(String manifest) throws IOException {
        Path file = Files.writeString(folder.resolve("publication.yaml"), manifest);
        var publication = Manifests.stage(file, Kind.ModelPublication);
        var attempt = new Attempt("three-1", 1, Attempt.State.Running, null, null, null, true, null, null);
        StageFile told = new StageFiles(Mounts.local(folder)).of(publication, attempt);
        return Console.run("stage", Files.writeString(folder.resolve("stage.json"), Documents.json(told)));
    }

    private void layOut() throws IOException {
        // `make quickstart-model` learns its vocabulary from all rows.
        Path rows = Files.createDirectories(folder.resolve("target/quickstart-model"))
                .resolve("rows.jsonl");
        Files.copy(HOME.resolve("examples/quickstart/forget.jsonl"), rows);
        try (Stream<Path> files = Files.walk(HOME.resolve("examples"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(HOME.relativize(file));
                Files.createDirectories(copy.getParent());
                String name = file.getFileName().toString();
                if (name.endsWith(".yaml")) {
                    Files.writeString(copy, quick(Files.readString(file)));
                } else if (name.endsWith(".jsonl")) {
                    // Of the rows to forget and to keep a completion and three questions, and the shortest.
                    Files.write(copy, Files.readAllLines(file).subList(18, 22));
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** In few steps and trials, and with gates that are met all the same. */
    private static String quick(String manifest) {
        return manifest.replace(QUICKSTART_OUTPUT, QUICK_JOB + "\n" + QUICKSTART_OUTPUT)
                .replaceAll(", warmupEpochs: \\d+", "")
                .replaceAll("maxLength: \\d+", "maxLength: 32")
                .replaceAll("epochs: \\d+", "epochs: 1, warmupEpochs: 0")
                .replace("{name: semeval2025,", "{name: semeval2025, maxNewTokens: 4,")
                .replaceAll("max: [0-9.]+}", "max: 1}")
                .replaceAll("maxOfBase: [0-9.]+}", "maxOfBase: 1000}")
                .replaceAll("minOfBase: [0-9.]+}", "minOfBase: 0}");
    }

    /** What stands in a page after this beginning of a line. */
    private static List<String> commands(String page, String beginning) {
        try {
            return Files.readAllLines(HOME.resolve(page)).stream()
                    .filter(line -> line.startsWith(beginning))
                    .map(line -> line.strip().substring("./lethe ".length()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(List<String> commands) {
        assertThat(commands).hasSize(3);
        for (String command : commands) {
            Object[] words = Stream.of(command.split(" "))
                    .map(word -> word.contains("/") ? folder.resolve(word) : word)
                    .toArray();
            assertThat(Console.run(words)).as(command).isEqualTo(new Console(0, ""));
        }
    }

    private StageResult result(String output) throws IOException {
        return Documents.read(folder.resolve(output).resolve("result.json"), StageResult.class);
    }
}
