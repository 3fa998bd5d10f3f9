package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.sources.RegistryServer.Layer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OciRegistriesTest {
    private static final String RAW = "application/vnd.cncf.model.weight.v1.raw";

    @TempDir
    Path folder;

    private RegistryServer registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryServer();
        Files.writeString(
                folder.resolve("config.json"),
                "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}"
                        .formatted(registry.host(), RegistryServer.LOGIN.replace("Basic ", "")));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void aModelPackOfFilesIsBroughtByItsDigest() throws IOException {
        String digest = registry.with("1", files(Bytes.model()));
        Snapshot snapshot = fetch("1");
        assertThat(snapshot.place().uri()).isEqualTo("oci://%s/models/tiny@%s", registry.host(), digest);
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "tar+gzip", "tar+zstd"})
    void archivesAreUnpackedAndNothingLeadsOutOfTheFolder(String packing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : Bytes.model().entrySet()) {
                add(tar, "models/" + file.getKey(), file.getValue());
            }
            add(tar, "../LICENSE", new byte[3]);
            add(tar, "/etc/config.json", new byte[3]);
            // A link to a file elsewhere would show it under a model's name.
            TarArchiveEntry link = new TarArchiveEntry("models/vocab.json", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        registry.with(
                "1",
                registry.layer(
                        "application/vnd.oci.image.layer.v1." + packing, "", packed(packing, bytes.toByteArray())));
        fetch("1");
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
        assertThat(folder.resolve("LICENSE")).doesNotExist();
    }

    @Test
    void aBrokenArchiveIsSaidToBeOne() {
        registry.with("1", registry.layer("application/vnd.oci.image.layer.v1.tar+gzip", "", Bytes.random(100, 1)));
        assertThatThrownBy(() -> fetch("1"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("expected a whole archive");
    }

    @Test
    void anArtifactOfOneFileOfRowsIsThatFile() throws IOException {
        registry.with(
                "1", registry.layer("application/vnd.cncf.model.dataset.v1.raw", "forget.jsonl", "{}".getBytes(UTF_8)));
        assertThat(fetch("1").title()).isEqualTo("forget.jsonl");
        assertThat(folder.resolve("model")).hasContent("{}");
    }

    @Test
    void whoIsNotLoggedInIsToldTo() throws IOException {
        registry.with("1", files(Bytes.model()));
        Files.writeString(folder.resolve("config.json"), "{}");
        assertThatThrownBy(() -> fetch("1"))
                .isInstanceOf(RefusedInput.class)
                .hasMessageEndingWith(
                        "access: found nobody logged in, expected docker login %s of somebody who may read it",
                        registry.host());
    }

    @Test
    void whatIsNotThereIsSaidInALine() {
        assertThatThrownBy(() -> fetch("2"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "oci://%s/models/tiny:2: artifact: found none of that name, expected a tag or a digest of %1$s",
                        registry.host());
    }

    private Layer[] files(Map<String, byte[]> files) {
        List<Layer> layers = new ArrayList<>();
        files.forEach((name, content) -> layers.add(registry.layer(RAW, name, content)));
        return layers.toArray(Layer[]::new);
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] packed(String packing, byte[] tar) throws IOException {
        if (packing.equals("tar+zstd")) {
            return Zstd.compress(tar);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (packing.equals("tar+gzip")) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(tar);
            }
        } else {
            bytes.write(tar);
        }
        return bytes.toByteArray();
    }

    private Snapshot fetch(String tag) {
        try (Store store = OciRegistries.of(Map.of("DOCKER_CONFIG", folder.toString()), Bytes.TRANSFER)) {
            Snapshot snapshot = store.resolve(
                    (Location.Remote) Location.of("oci://%s/models/tiny:%s".formatted(registry.host(), tag)));
            Fetch.into(folder.resolve("model"), snapshot, store, Bytes.TRANSFER, ProgressListener.NONE);
            return snapshot;
        }
    }
}
