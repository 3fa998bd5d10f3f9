package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cli.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generations are read as rows are. */
class ScoreTest {
    @TempDir
    Path folder;

    @BeforeEach
    void rows() throws IOException {
        String row = "{\"id\": %d, \"input\": \"in %d\", \"output\": \"out\", \"kind\": \"sc\", \"task\": \"Task1\"}";
        write("forget.jsonl", row.formatted(1, 1));
        write("retain.jsonl", row.formatted(2, 2));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Console score(String generations) throws IOException {
        Path file = write("generations.jsonl", generations);
        return Console.run(
                "score",
                "--forget",
                folder.resolve("forget.jsonl"),
                "--retain",
                folder.resolve("retain.jsonl"),
                "--generations",
                file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s\n%s\n\n", "\uFEFF%s\r\n\n%s", "[%s, %s]"})
    void readsGenerations(String file) throws IOException {
        Console score = score(file.formatted(
                "{\"id\": 1, \"generation\": \"out\"}", "{\"id\": \"2\", \"generation\": \"\", \"score\": NaN}"));
        assertThat(score).isEqualTo(new Console(0, ""));
    }

    @Test
    void namesAllThatIsMissing() throws IOException {
        assertThat(score("{\"id\": 1, \"generation\": \"\"}\n\n{\"prediction\": \"\"}\n")
                        .errors())
                .endsWith("line 3: fields: found prediction, expected id, generation (missing: id, generation)\n");
        assertThat(score("{\"id\": 1, \"generation\": \"\"}\n{\"id\": \"1\", \"generation\": \"\"}\n")
                        .errors())
                .endsWith("line 2: id: found the id of a row before, expected an id of its own\n");
    }
}
