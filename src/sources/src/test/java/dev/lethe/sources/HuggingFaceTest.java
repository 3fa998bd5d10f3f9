package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceTest {
    private static final byte[] ROWS = "{\"input\": \"a\", \"output\": \"b\"}\n".getBytes(UTF_8);

    @TempDir
    Path folder;

    private HubServer hub;

    @BeforeEach
    void start() throws IOException {
        hub = new HubServer()
                .with("models/owner/model", Bytes.model())
                .with("models/owner/pickles", Map.of("pytorch_model.bin", new byte[9], "config.json", new byte[1]))
                .with("models/owner/empty", Map.of("README.md", new byte[1]))
                .with("datasets/owner/rows", Map.of("data/forget.jsonl", ROWS, "rows.py", new byte[3]));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void aBranchIsResolvedToItsCommit() {
        Snapshot snapshot = resolve("hf://owner/model@main", hub.environment());
        assertThat(snapshot.place().uri()).isEqualTo("hf://owner/model@" + HubServer.COMMIT);
        assertThat(snapshot).isEqualTo(resolve(snapshot.place().uri(), hub.environment()));
        assertThat(snapshot.files())
                .extracting(RemoteFile::name)
                .containsExactlyElementsOf(Bytes.taken().keySet());
    }

    @Test
    void theTokenIsToldToTheHubAlone() throws IOException {
        fetch("hf://owner/model", hub.environment());
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
        assertThat(hub.asked)
                .contains("!/api/models/owner/model", "!/owner/model/resolve/" + HubServer.COMMIT + "/config.json")
                .anyMatch(it -> it.matches("/[0-9a-f]{64}"))
                .noneMatch(it -> it.matches("!/[0-9a-f]{64}"));
        assertThat(hub.asked.stream().filter(it -> it.endsWith("model-00001-of-00002.safetensors")))
                .as("the hub is not asked again for where the bytes are")
                .hasSizeLessThanOrEqualTo(Bytes.TRANSFER.streams());
    }

    @Property(tries = 20)
    void theBytesAreTheSameWhereverConnectionsBreak(@ForAll Random random) throws IOException {
        Path root = Files.createTempDirectory("hub");
        try (HubServer breaking = new HubServer().with("models/owner/model", Bytes.model())) {
            breaking.cut = bytes -> random.nextInt(3) == 0 ? random.nextInt(bytes) : bytes;
            try (Store store = HuggingFace.of(breaking.environment(), Bytes.TRANSFER)) {
                Snapshot snapshot = store.resolve((Location.Remote) Location.of("hf://owner/model"));
                Fetch.into(root.resolve("model"), snapshot, store, Bytes.TRANSFER, ProgressListener.NONE);
            }
            assertThat(Bytes.digests(root.resolve("model"))).isEqualTo(Bytes.digests());
        } finally {
            FileTree.delete(root);
        }
    }

    @Test
    void aFileOfADatasetIsThatFile() throws IOException {
        fetch("hf://datasets/owner/rows/data/forget.jsonl", hub.environment());
        assertThat(folder.resolve("forget.jsonl")).hasBinaryContent(ROWS);
        assertThatThrownBy(() -> resolve("hf://datasets/owner/rows/rows.py", hub.environment()))
                .isInstanceOf(RefusedInput.class)
                .hasMessage(
                        "hf://datasets/owner/rows@%s/rows.py: file: found rows.py, expected rows: a name that ends in .jsonl, .json, .csv or .parquet",
                        HubServer.COMMIT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            hf://owner/none            | none of that name that can be read with a token
            hf://owner/model@v2        | revision: found none of that name, expected a branch, a tag or a commit
            hf://owner/empty           | weights: found none among 1 files, expected model.safetensors, or an adapter's
            hf://datasets/owner/rows/x.csv | file: found none of that name, expected one of its 2 files
            """)
    void whatIsNotThereIsSaidInALine(String uri, String message) {
        assertThatThrownBy(() -> resolve(uri, hub.environment()))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            403 | GatedRepo | access: found a gated repository and a token, expected HF_TOKEN of somebody to whom
            401 | ''        | access: found a token that 127.0.0.1 does not let in (HTTP 401), expected HF_TOKEN of somebody who may
            """)
    void whoIsNotLetInIsToldWhy(int status, String code, String message) {
        hub.refusing("models/owner/model", status, code);
        assertThatThrownBy(() -> resolve("hf://owner/model", hub.environment()))
                .isInstanceOf(RefusedInput.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining(HubServer.TOKEN);
    }

    @Test
    void picklesAreRefused() {
        assertThatThrownBy(() -> resolve("hf://owner/pickles", hub.environment()))
                .isInstanceOf(RefusedInput.class)
                .hasMessageEndingWith(
                        "weights: found pytorch_model.bin, which may run code when read, expected model.safetensors");
    }

    @Test
    void aHubThatIsBusyMayAnswerLater() {
        hub.refusing("models/owner/model", 429, "");
        assertThatThrownBy(() -> resolve("hf://owner/model", hub.environment()))
                .isInstanceOf(SourceUnavailable.class)
                .hasMessage(
                        "hf://owner/model: no answer in 5 tries: HTTP 429 of 127.0.0.1; the same command continues");
    }

    /** As huggingface_hub leaves it: a reference to a commit, whose files lead to blobs. */
    @Test
    void whatTheCacheOfTheHubHasIsNotFetched() throws IOException {
        Path repository = folder.resolve("hub/models--owner--model");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/" + HubServer.COMMIT));
        Files.createDirectories(repository.resolve("blobs"));
        Files.writeString(Files.createDirectories(repository.resolve("refs")).resolve("main"), HubServer.COMMIT);
        for (Map.Entry<String, byte[]> file : Bytes.taken().entrySet()) {
            byte[] content = file.getValue();
            Path blob = repository.resolve(
                    "blobs/" + (content.length < 1000 ? HubServer.git(content) : HubServer.hex("SHA-256", content)));
            Files.write(blob, content);
            Files.createSymbolicLink(snapshot.resolve(file.getKey()), snapshot.relativize(blob));
        }
        Map<String, String> environment = new HashMap<>(hub.environment());
        environment.put("HF_HOME", folder.toString());
        environment.put("HF_ENDPOINT", "http://127.0.0.1:1");
        environment.put("HF_HUB_OFFLINE", "1");
        fetch("hf://owner/model", environment);
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
        try (Store store = HuggingFace.of(environment, Bytes.TRANSFER)) {
            assertThat(store.onThisMachine(resolve("hf://owner/model", environment)))
                    .contains(snapshot);
        }
        assertThatThrownBy(() -> resolve("hf://owner/other", environment))
                .hasMessageContaining("HF_HUB_OFFLINE: found nothing of it in " + folder.resolve("hub"));
    }

    private static Snapshot resolve(String uri, Map<String, String> environment) {
        try (Store store = HuggingFace.of(environment, Bytes.TRANSFER)) {
            return store.resolve((Location.Remote) Location.of(uri));
        }
    }

    private void fetch(String uri, Map<String, String> environment) {
        try (Store store = HuggingFace.of(environment, Bytes.TRANSFER)) {
            Snapshot snapshot = store.resolve((Location.Remote) Location.of(uri));
            Fetch.into(folder.resolve(snapshot.title()), snapshot, store, Bytes.TRANSFER, ProgressListener.NONE);
        }
    }
}
