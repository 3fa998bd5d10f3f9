package dev.lethe.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.file.FileTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchTest {
    private static final Location.Remote PLACE = (Location.Remote) Location.of("hf://owner/model");

    @TempDir
    Path folder;

    /** A store of files in memory; what it says of them may be wrong. */
    private record Memory(Map<String, byte[]> files, AtomicInteger opened, int breaksAfter) implements Store {
        Memory(Map<String, byte[]> files) {
            this(files, new AtomicInteger(), Integer.MAX_VALUE);
        }

        @Override
        public Snapshot resolve(Location.Remote place) {
            return Snapshot.folder(
                    place,
                    files.entrySet().stream()
                            .map(file -> RemoteFile.of(
                                    file.getKey(),
                                    file.getValue().length,
                                    Checksum.sha256(HubServer.hex("SHA-256", file.getValue())),
                                    file.getKey(),
                                    null))
                            .toList());
        }

        @Override
        public InputStream open(Snapshot snapshot, RemoteFile file, long from, long count) throws IOException {
            if (opened.incrementAndGet() > breaksAfter) {
                throw new IOException("connection refused");
            }
            return new ByteArrayInputStream(files.get(file.address()), (int) from, (int) count);
        }

        @Override
        public void close() {}
    }

    /** What Ctrl-C and a kill do to the caller. */
    private static final class Killed extends RuntimeException {}

    @Test
    void whatIsTakenOfAModelIsBroughtAndNothingElse() throws IOException {
        fetch(new Memory(Bytes.model()), ProgressListener.NONE);
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
        assertThat(folder)
                .isDirectoryContaining(it -> it.endsWith("model"))
                .isDirectoryNotContaining(it -> it.toString().contains(".fetch"));
    }

    /** Kills at 50 bytes, and at each the same files are there in the end, without what was there before being asked for again. */
    @Property(tries = 50)
    void aFetchThatIsKilledAnywhereContinues(@ForAll Random random) throws IOException {
        Path root = Files.createTempDirectory("fetch");
        try {
            Memory store = new Memory(Bytes.model());
            Snapshot snapshot = store.resolve(PLACE);
            Path target = root.resolve("model");
            AtomicLong last = new AtomicLong();
            long kill = 1 + random.nextLong(snapshot.size());
            assertThatThrownBy(() -> Fetch.into(target, snapshot, store, Bytes.TRANSFER, (done, total) -> {
                        if (done >= kill) {
                            throw new Killed();
                        }
                    }))
                    .isInstanceOf(Killed.class);
            assertThat(target).doesNotExist();
            int before = store.opened().get();
            Fetch.into(
                    target, snapshot, store, Bytes.TRANSFER, (done, total) -> last.accumulateAndGet(done, Math::max));
            assertThat(Bytes.digests(target)).isEqualTo(Bytes.digests());
            assertThat(last).hasValue(snapshot.size());
            assertThat(store.opened().get() - before)
                    .as("chunks that were whole are not asked for again")
                    .isLessThanOrEqualTo(24 - before + 3);
        } finally {
            FileTree.delete(root);
        }
    }

    @Test
    void aChunkThatWasChangedMeanwhileIsBroughtAgain() throws IOException {
        Memory store = new Memory(Bytes.model(), new AtomicInteger(), 12);
        assertThatThrownBy(() -> fetch(store, ProgressListener.NONE)).isInstanceOf(SourceUnavailable.class);
        Path files = folder.resolve(".model.fetch/files");
        for (Path file : List.of(files.resolve("config.json"), files.resolve("model-00001-of-00002.safetensors"))) {
            byte[] bytes = Files.readAllBytes(file);
            Arrays.fill(bytes, (byte) 1);
            Files.write(file, bytes);
        }
        fetch(new Memory(Bytes.model()), ProgressListener.NONE);
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
    }

    @Test
    void whatAFetchOfOtherFilesLeftIsNotKept() throws IOException {
        Map<String, byte[]> others = Bytes.model();
        others.put("vocab.json", new byte[5000]);
        others.put("config.json", new byte[5000]);
        assertThatThrownBy(() -> fetch(new Memory(others, new AtomicInteger(), 26), ProgressListener.NONE))
                .isInstanceOf(SourceUnavailable.class);
        assertThat(folder.resolve(".model.fetch/files/vocab.json")).exists();
        fetch(new Memory(Bytes.model()), ProgressListener.NONE);
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
    }

    @Test
    void otherBytesThanTheStoreSaysAreRefused() {
        Map<String, byte[]> files = Bytes.model();
        Memory store = new Memory(files);
        Snapshot snapshot = store.resolve(PLACE);
        files.get("config.json")[7]++;
        assertThatThrownBy(() ->
                        Fetch.into(folder.resolve("model"), snapshot, store, Bytes.TRANSFER, ProgressListener.NONE))
                .isInstanceOf(RefusedInput.class)
                .hasMessageStartingWith("hf://owner/model: config.json: checksum: found sha-256:");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aStoreThatDoesNotAnswerMayLater() {
        assertThatThrownBy(() -> fetch(new Memory(Bytes.model(), new AtomicInteger(), 0), ProgressListener.NONE))
                .isInstanceOf(SourceUnavailable.class)
                .hasMessageContaining("no answer in 5 tries: connection refused; the same command continues");
    }

    @Test
    void twoFetchesBringItOnce() throws Exception {
        Memory store = new Memory(Bytes.model());
        Thread other = Thread.ofVirtual().start(() -> fetch(store, ProgressListener.NONE));
        fetch(store, ProgressListener.NONE);
        other.join();
        assertThat(store.opened()).hasValue(24);
        assertThat(Bytes.digests(folder.resolve("model"))).isEqualTo(Bytes.digests());
    }

    private void fetch(Store store, ProgressListener progress) {
        Fetch.into(folder.resolve("model"), store.resolve(PLACE), store, Bytes.TRANSFER, progress);
    }
}
