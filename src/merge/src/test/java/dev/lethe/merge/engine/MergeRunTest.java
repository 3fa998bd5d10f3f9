package dev.lethe.merge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold whatever happens to a run: the same bytes, or nothing under the target's name. */
class MergeRunTest {
    private static final int TENSORS = 12;

    @TempDir
    Path folder;

    private final List<SafetensorsFile> files = new ArrayList<>();
    private String expected;

    @BeforeEach
    void models() throws IOException {
        for (int model = 0; model < 3; model++) {
            Map<String, Numbers> tensors = new TreeMap<>();
            for (int i = 0; i < TENSORS; i++) {
                int size = 40 + 1400 * i;
                tensors.put(
                        "t" + i,
                        Numbers.of(
                                i % 2 == 0 ? Dtype.BF16 : Dtype.F32,
                                new long[] {10, size / 10},
                                random(31 * model + i, size)));
            }
            tensors.put("mask", Numbers.of(Dtype.F16, new long[] {3}, 1, 2, 3));
            Path file = Fixtures.write(folder.resolve("m" + model).resolve("model.safetensors"), tensors, Map.of());
            files.add(SafetensorsFile.open(file));
        }
        MergeRun.run(plan(Long.MAX_VALUE), folder.resolve("expected"), RunSettings.of(1), ProgressListener.NONE);
        expected = Digest.ofFolder(folder.resolve("expected"));
    }

    private static float[] random(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private MergePlan plan(long shardBytes) {
        SortedMap<String, TensorTask> tasks = new TreeMap<>();
        files.getFirst().tensors().forEach((name, info) -> {
            Map<String, Object> own = Map.of("weight", 0.5, "density", 0.4);
            Options options =
                    new Options(Map.of("normalize", true, "lambda", 1.0, "rescale", false), List.of(own, own));
            TensorGroup group = new TensorGroup(
                    name,
                    info.dimensions(),
                    new StoredTensor(files.getFirst(), info),
                    files.subList(1, 3).stream()
                            .map(file -> (TensorSource) new StoredTensor(file, file.info(name)))
                            .toList(),
                    options,
                    Dtype.F32,
                    0);
            tasks.put(
                    name,
                    name.equals("mask")
                            ? new TensorTask.Copy(files.getFirst(), info)
                            : new TensorTask.Merge(
                                    info, Methods.named("ties", Semantics.LETHE), group, List.of("a", "b")));
        });
        SortedMap<String, Path> inputs = new TreeMap<>(Map.of("a", folder.resolve("m1"), "b", folder.resolve("m2")));
        return new MergePlan(
                tasks,
                ShardPlan.of("model", MergePlan.infos(tasks), shardBytes, Header.PYTORCH),
                files,
                inputs,
                "{\"method\":\"ties\"}",
                null,
                target -> {},
                List.of("a note"));
    }

    /** What an earlier run wrote for another order of tokens, or another strength of an adapter, is not continued. */
    @Test
    void settingsOfTheInputsArePartOfWhatIsContinued() throws IOException {
        Set<String> fingerprints = new HashSet<>();
        for (String name : List.of("", "m0/tokenizer.json", "m1/tokenizer.json", "m2/adapter_config.json")) {
            if (!name.isEmpty()) {
                Files.writeString(folder.resolve(name), "{}");
            }
            fingerprints.add(plan(1).fingerprint());
        }
        assertThat(fingerprints).hasSize(3); // m0 is no input by name
    }

    @Test
    void threadsAndMemoryChangeNoByte() {
        for (int threads : new int[] {1, 2, 8}) {
            for (long memory : new long[] {1, 10_000_000, 1L << 30}) {
                Path target = folder.resolve("out" + threads + memory);
                RunSettings settings = new RunSettings(threads, memory, false, new FileDigests(), false);
                MergeRun.run(plan(Long.MAX_VALUE), target, settings, ProgressListener.NONE);
                assertThat(Digest.ofFolder(target)).isEqualTo(expected);
                int used = MergeRun.threads(plan(1), settings);
                assertThat(used).isBetween(1, memory == 1 ? 1 : threads);
            }
        }
    }

    @Test
    void shardsHoldTheSameTensors() throws IOException {
        Map<String, float[]> whole = Fixtures.read(folder.resolve("expected/model.safetensors"));
        for (long most : new long[] {1, 50_000, 200_000}) {
            Path target = folder.resolve("shards" + most);
            MergeRun.run(plan(most), target, RunSettings.of(2), ProgressListener.NONE);
            int tensors = 0;
            try (var shards = Files.newDirectoryStream(target, "*.safetensors")) {
                for (Path shard : shards) {
                    for (Map.Entry<String, float[]> tensor :
                            Fixtures.read(shard).entrySet()) {
                        assertThat(tensor.getValue()).containsExactly(whole.get(tensor.getKey()));
                        tensors++;
                    }
                }
            }
            assertThat(tensors).isEqualTo(TENSORS + 1);
            try (var model = ModelFolder.open(target)) {
                assertThat(model.warnings()).isEmpty();
            }
        }
    }

    /** Two hundred runs that end at some byte, each continued by the next until one comes through. */
    @Test
    void continuesFromWhereverItWasCutOff() throws IOException {
        Random random = new Random(5);
        Path target = folder.resolve("resumed");
        int cuts = 0;
        while (cuts < 200) {
            long total = plan(Long.MAX_VALUE).ioBytes();
            long limit = (long) (random.nextDouble() * total * 1.2);
            try {
                MergeRun.run(
                        plan(Long.MAX_VALUE),
                        target,
                        new RunSettings(2, 1 << 30, false, new FileDigests(), true),
                        (done, all) -> {
                            if (done > limit) {
                                throw new IllegalStateException("cut off");
                            }
                        });
                assertThat(Digest.ofFolder(target)).isEqualTo(expected);
                deleteFolder(target);
            } catch (IllegalStateException e) {
                cuts++;
                assertThat(target).doesNotExist();
                damage(random);
            }
        }
        MergeRun.run(plan(Long.MAX_VALUE), target, RunSettings.of(2), ProgressListener.NONE);
        assertThat(Digest.ofFolder(target)).isEqualTo(expected);
    }

    /** What a loss of power leaves: a journal whose last line is torn, data that the journal promised and that is not there. */
    private void damage(Random random) throws IOException {
        Path task = folder.resolve(".resumed.merge");
        Path journal = task.resolve("journal");
        if (random.nextInt(3) == 0 && Files.exists(journal)) {
            byte[] lines = Files.readAllBytes(journal);
            Files.write(journal, Arrays.copyOf(lines, lines.length - random.nextInt(lines.length / 2)));
        }
        if (random.nextInt(3) == 0) {
            try (FileChannel file = FileChannel.open(task.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(9000), (long) (random.nextDouble() * file.size()));
            }
        }
    }

    @Test
    void aRunThatIsContinuedReadsLess() {
        Path target = folder.resolve("less");
        AtomicLong first = new AtomicLong();
        assertThatThrownBy(() -> MergeRun.run(plan(Long.MAX_VALUE), target, RunSettings.of(1), (done, total) -> {
                    first.set(done);
                    if (done > total * 0.9) {
                        throw new IllegalStateException("cut off");
                    }
                }))
                .hasMessage("cut off");
        MergeReport report = MergeRun.run(plan(Long.MAX_VALUE), target, RunSettings.of(1), ProgressListener.NONE);
        assertThat(Digest.ofFolder(target)).isEqualTo(expected);
        assertThat(report.tensors()).hasSize(TENSORS + 1);
        assertThat(report.tensors().get("t4").kept()).containsExactly(2256L, 2256L);
    }

    @Test
    void aDiskThatFillsIsSaidAndWhatWasWrittenIsKept() {
        Path target = folder.resolve("full");
        for (long room : new long[] {10, 5_000, 100_000, 150_000}) {
            AtomicLong left = new AtomicLong(room);
            assertThatThrownBy(() -> MergeRun.run(
                            plan(Long.MAX_VALUE),
                            target,
                            RunSettings.of(2),
                            ProgressListener.NONE,
                            path -> new FailingChannel(
                                    FileChannel.open(
                                            path,
                                            StandardOpenOption.CREATE,
                                            StandardOpenOption.READ,
                                            StandardOpenOption.WRITE),
                                    left)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("model.safetensors: No space left on device");
            assertThat(target).doesNotExist();
        }
        MergeRun.run(plan(Long.MAX_VALUE), target, RunSettings.of(2), ProgressListener.NONE);
        assertThat(Digest.ofFolder(target)).isEqualTo(expected);
    }

    @Test
    void inputsThatChangeMeanwhileAreNotMerged() {
        Path target = folder.resolve("changed");
        Path input = folder.resolve("m1/model.safetensors");
        assertThatThrownBy(() -> MergeRun.run(plan(Long.MAX_VALUE), target, RunSettings.of(1), (done, total) -> {
                    try {
                        Files.setLastModifiedTime(input, FileTime.fromMillis(1));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("m1/model.safetensors: file: found a change while it was read");
        assertThat(target).doesNotExist();
        assertThatThrownBy(() -> MergeRun.run(plan(Long.MAX_VALUE), target, RunSettings.of(1), (done, total) -> {
                    try (FileChannel file = FileChannel.open(input, StandardOpenOption.WRITE)) {
                        file.truncate(2_000);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("m1/model.safetensors");
        assertThat(target).doesNotExist();
    }

    @Test
    void oneProcessAtATimeAndNothingIsOverwritten() throws IOException {
        Path target = folder.resolve("alone");
        try (StagingDirectory held = StagingDirectory.open(target)) {
            assertThat(held.folder()).exists();
            assertThatThrownBy(() -> MergeRun.run(plan(1), target, RunSettings.of(1), ProgressListener.NONE))
                    .hasMessageContaining("another merge that writes it");
        }
        Files.createDirectory(target);
        assertThatThrownBy(() -> MergeRun.run(plan(1), target, RunSettings.of(1), ProgressListener.NONE))
                .hasMessageContaining("an existing path");
    }

    private static void deleteFolder(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
