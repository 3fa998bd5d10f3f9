package dev.lethe.merge.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void appearsCompleteOrNotAtAll() throws IOException {
        Path target = folder.resolve("new/out");
        try (AtomicDirectory abandoned = AtomicDirectory.create(target)) {
            Files.writeString(abandoned.path().resolve("half"), "x");
        }
        assertThat(children(target.getParent())).isEmpty();
        try (AtomicDirectory output = AtomicDirectory.create(target)) {
            Files.createDirectories(output.path().resolve("deep"));
            Files.writeString(output.path().resolve("deep/file"), "x");
            assertThat(target).doesNotExist();
            output.commit();
        }
        assertThat(target.resolve("deep/file")).hasContent("x");
        assertThat(children(target.getParent())).containsExactly(target);
        assertThatThrownBy(() -> AtomicDirectory.create(target))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("found an existing path");
    }

    @Test
    void aSecondWriterRemovesWhatTheFirstLeftAndTheFirstCannotCommit() throws IOException {
        Path target = folder.resolve("out");
        AtomicDirectory killed = AtomicDirectory.create(target);
        Files.writeString(killed.path().resolve("half"), "x");
        try (AtomicDirectory second = AtomicDirectory.create(target)) {
            assertThat(children(folder)).containsExactly(second.path());
            assertThatThrownBy(killed::commit)
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("cannot be written");
            second.commit();
        }
        assertThat(children(folder)).containsExactly(target);
        assertThat(children(target)).isEmpty();
    }

    @Test
    void namesAPlaceThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> AtomicDirectory.create(file.resolve("out")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(file.resolve("out") + ": cannot be written");
    }

    @Test
    void digestsCountNamesAndBytes() throws IOException {
        Path file = Files.writeString(folder.resolve("b"), "abc");
        assertThat(Digest.ofFile(file))
                .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        Files.createDirectories(folder.resolve("a"));
        Files.writeString(folder.resolve("a/c"), "");
        String lines =
                """
                a/c|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                b|ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
                """;
        String expected = Digest.ofBytes(lines.replace('|', '\0').getBytes(UTF_8));
        assertThat(Digest.ofFolder(folder)).isEqualTo(expected);
        assertThatThrownBy(() -> Digest.ofFile(folder.resolve("none"))).hasMessageContaining("no such file");
    }

    private static List<Path> children(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.toList();
        }
    }
}
