package dev.lethe.merge.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's folder with what people, and attackers, leave in one. */
class ModelFilesTest {
    private static final List<String> OWN = List.of(
            "LICENSE.txt",
            "Notice",
            "chat_template.jinja",
            "config.json",
            "merges.txt",
            "spiece.model",
            "tokenizer.json");
    private static final List<String> FOREIGN = List.of(
            "notes.txt",
            "forget.json",
            "rows.model",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "modeling_llama.py",
            "LICENSE.py",
            ".tokenizer.json",
            "README.md",
            "adapter_config.json",
            "adapter_model.safetensors",
            "consolidated.safetensors");

    @TempDir
    Path root;

    private Path model(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : OWN) {
            Files.writeString(folder.resolve(name), name);
        }
        for (String name : FOREIGN) {
            Files.writeString(folder.resolve(name), "foreign");
        }
        Files.createDirectories(folder.resolve("original/config.json"));
        Fixtures.write(folder.resolve("model.safetensors"), Map.of("w", Numbers.f32(new long[] {1}, 1)), Map.of());
        return folder;
    }

    @Test
    void onlyWhatIsNamedBelongsToAModel() throws IOException {
        Path model = model(root.resolve("model"));
        assertThat(ModelFiles.settings(model)).containsExactlyElementsOf(OWN);
        assertThat(ModelFiles.of(model)).hasSize(OWN.size() + 1).contains("model.safetensors");
        Path copy = Files.createDirectory(root.resolve("copy"));
        ModelFiles.copy(model, ModelFiles.of(model), copy);
        assertThat(Digest.files(copy)).containsExactlyInAnyOrderElementsOf(ModelFiles.of(model));
    }

    @Test
    void aLinkThatLeadsOutIsRefusedAndOneWithinIsFollowed() throws IOException {
        Path model = model(root.resolve("model"));
        Path rows = Files.writeString(root.resolve("forget.jsonl"), "a secret");
        Files.createSymbolicLink(model.resolve("vocab.txt"), model.resolve("merges.txt"));
        ModelFiles.copy(model, List.of("vocab.txt"), root);
        assertThat(root.resolve("vocab.txt")).hasContent("merges.txt");
        for (Path target : List.of(rows, Path.of("../forget.jsonl"), Path.of("/etc/hostname"))) {
            Path link = Files.createSymbolicLink(model.resolve("vocab.json"), target);
            assertThatThrownBy(() -> ModelFiles.copy(model, ModelFiles.settings(model), root))
                    .isInstanceOf(RefusedInput.class)
                    .hasMessageContaining("vocab.json: file: found a link that leads out of the model's folder");
            Files.delete(link);
        }
        assertThat(root.resolve("config.json")).doesNotExist();
    }

    /** {@code models--OWNER--NAME/snapshots/COMMIT/FILE} is a link to {@code ../../blobs/HASH}. */
    @Test
    void aSnapshotInACacheOfTheHubIsAModelOfItsOwn() throws IOException {
        Path repository = root.resolve("hub/models--org--name");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/c0ffee"));
        Files.createDirectories(repository.resolve("blobs"));
        Files.writeString(repository.resolve("blobs/1a2b"), "{}");
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/1a2b"));
        ModelFiles.copy(snapshot, ModelFiles.settings(snapshot), root);
        assertThat(root.resolve("config.json")).isRegularFile().hasContent("{}");

        Path other = Files.createDirectories(root.resolve("hub/models--org--other/blobs"));
        Files.writeString(other.resolve("3c4d"), "{}");
        Files.createSymbolicLink(snapshot.resolve("vocab.json"), other.resolve("3c4d"));
        assertThatThrownBy(() -> ModelFiles.requireInside(snapshot, List.of("vocab.json")))
                .isInstanceOf(RefusedInput.class);
        Path plain = Files.createDirectories(root.resolve("plain/snapshots/c0ffee"));
        Files.createDirectories(root.resolve("plain/blobs"));
        Files.writeString(root.resolve("plain/blobs/5e"), "{}");
        Files.createSymbolicLink(plain.resolve("config.json"), Path.of("../../blobs/5e"));
        assertThatThrownBy(() -> ModelFiles.requireInside(plain, List.of("config.json")))
                .isInstanceOf(RefusedInput.class);
    }

    @Test
    void pipesAreNoFilesAndFoldersElsewhereAreNotWalked() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(root.resolve("folder"));
        Files.writeString(folder.resolve("a"), "a");
        Process made =
                new ProcessBuilder("mkfifo", folder.resolve("config.json").toString()).start();
        assertThat(made.waitFor()).isZero();
        assertThat(Digest.files(folder)).containsExactly("a");
        assertThat(ModelFiles.of(folder)).isEmpty();
        Files.createSymbolicLink(folder.resolve("all"), root);
        assertThatThrownBy(() -> Digest.files(folder))
                .isInstanceOf(RefusedInput.class)
                .hasMessageContaining("all: folder: found a link to a folder elsewhere");
    }
}
