package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import dev.lethe.cli.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipe in place of a file keeps whoever opens it for ever: nothing does, in any place that reads one. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class PipeTest {
    private static final String FOUND = ": file: found a pipe, a socket or a device, expected a regular file\n";

    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void makeJob() {
        job = TinyJob.in(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forget.jsonl", "retain.jsonl", "model/config.json"})
    void inPlaceOfAFileOfTheJob(String name) throws Exception {
        Path pipe = pipe(name);
        for (String how : List.of("--dry-run", "--plain")) {
            Console console = Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), how);
            assertThat(console).isEqualTo(new Console(65, "lethe: " + pipe + FOUND));
        }
    }

    @Test
    void inPlaceOfAFileThatAStageReads() throws Exception {
        Path pipe = pipe("model/generation_config.json");
        Console console = Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--plain");
        assertThat(console.exitCode()).isEqualTo(65);
        assertThat(console.errors()).contains(pipe + FOUND.stripTrailing());
    }

    static Stream<String> suites() {
        return Stream.of("members: {uri: file:pipe}", "nonMembers: {uri: file:pipe}", "mmlu: {uri: file:mmlu}");
    }

    @ParameterizedTest
    @MethodSource("suites")
    void inPlaceOfAFileOfASuite(String role) throws Exception {
        Files.createDirectories(folder.resolve("mmlu/test"));
        Files.createDirectories(folder.resolve("mmlu/dev"));
        Path pipe = pipe(role.startsWith("mmlu") ? "mmlu/dev/sums_dev.csv" : "pipe");
        Files.writeString(folder.resolve("mmlu/test/sums_test.csv"), "q,1,2,3,4,A\n");
        job.with("maxNewTokens: 4", "maxNewTokens: 4, " + role);
        assertThat(Console.run("run", "-f", job.manifest(), "--workdir", job.workdir(), "--dry-run"))
                .isEqualTo(new Console(65, "lethe: " + pipe + FOUND));
    }

    @Test
    void inPlaceOfGenerations() throws Exception {
        Path pipe = pipe("generations.jsonl");
        Path forget = folder.resolve("forget.jsonl");
        Path retain = folder.resolve("retain.jsonl");
        assertThat(Console.run("score", "--forget", forget, "--retain", retain, "--generations", pipe))
                .isEqualTo(new Console(65, "lethe: " + pipe + FOUND));
    }

    @Test
    void aFolderIsNoFileOfRowsAndALinkIs() throws Exception {
        Path rows = folder.resolve("forget.jsonl");
        Files.move(rows, folder.resolve("elsewhere"));
        Files.createDirectory(rows);
        assertThat(Console.run("run", "-f", job.manifest(), "--dry-run"))
                .isEqualTo(new Console(65, "lethe: " + rows + ": file: found a folder, expected a regular file\n"));
        Files.delete(rows);
        Files.createSymbolicLink(rows, folder.resolve("elsewhere"));
        assertThat(Console.run("run", "-f", job.manifest(), "--dry-run")).isEqualTo(new Console(0, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "stage", "inspect", "init"})
    void inPlaceOfTheFileOfACommand(String command) throws Exception {
        Path pipe = pipe("pipe");
        Object[] arguments =
                switch (command) {
                    case "run" -> new Object[] {"run", "--dry-run", "-f", pipe};
                    case "init" ->
                        new Object[] {
                            "init",
                            "--config",
                            folder.resolve("model/config.json"),
                            "--vocabulary",
                            pipe,
                            folder.resolve("new")
                        };
                    default -> new Object[] {command, pipe};
                };
        Console console = Console.run(arguments);
        assertThat(console.exitCode()).isEqualTo(65);
        assertThat(console.errors()).startsWith("lethe: " + pipe + ": ").hasLineCount(1);
    }

    private Path pipe(String name) throws IOException, InterruptedException {
        Path pipe = folder.resolve(name);
        Files.deleteIfExists(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }
}
