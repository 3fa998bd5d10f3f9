package dev.lethe.unlearning.training;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.Pairing;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
    private static final long GIB = 1L << 30;
    private static final Path QUICKSTART = Path.of("../../examples/quickstart/model");
    private static final LoraSettings LORA = new LoraSettings(32, 32, 0);

    /** As the default recipe has it. */
    private static final TrainingSettings CLOSED =
            settings(2, 6, 256, Optional.of(new TrainingTarget(0.2, 0.1, 0.98, 10, 2)));

    @TempDir
    Path folder;

    /** What a training of the default recipe becomes on a device of so many GiB, and whether it fits. */
    @ParameterizedTest
    @CsvSource({
        "8B, 12, NF4, true, false",
        "8B, 16, NF4, false, true",
        "8B, 22, INT8, false, true",
        "8B, 32, COMPUTED, true, true",
        "8B, 48, COMPUTED, false, true",
        "70B, 48, NF4, true, false",
        "70B, 80, NF4, false, true",
        "70B, 141, INT8, false, true",
    })
    void aTrainingIsFittedToTheDevice(String size, long gib, WeightFormat base, boolean checkpointing, boolean fits)
            throws IOException {
        TrainingMemory memory = memory(llama(size), CLOSED);
        TrainingMemory.Fit fit = memory.fitted(Optional.empty(), gib * GIB);
        assertThat(fit.base()).isEqualTo(base);
        assertThat(fit.settings().gradientCheckpointing()).isEqualTo(checkpointing);
        assertThat(memory.plan(fit).total() + GIB <= gib * GIB)
                .as("%s", memory.plan(fit))
                .isEqualTo(fits);
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatWould() throws IOException {
        TrainingMemory memory = memory(llama("8B"), CLOSED);
        TrainingMemory.Fit full = memory.least(WeightFormat.COMPUTED);
        memory.requireRoom(memory.least(WeightFormat.NF4), 24 * GIB, false);
        memory.requireRoom(full, 16 * GIB, true);
        assertThatThrownBy(() -> memory.requireRoom(full, 16 * GIB, false))
                .hasMessageMatching(
                        "training: base: found bf16, which takes [0-9.]+ GiB \\(base 15.0, .*\\) of a device"
                                + " with 16.0 GiB free, expected base nf4, which takes [0-9.]+ GiB \\(base 5.3, .*\\)");
        assertThatThrownBy(() -> memory.requireRoom(full, 6 * GIB, false))
                .hasMessageContaining("expected a larger device for base nf4 with batchSize 1, which takes");
    }

    /** More of anything never takes less. */
    @Test
    void thePlanGrowsWithWhatIsAskedFor() throws IOException {
        ModelConfig model = llama("8B");
        long plain = total(model, settings(1, 1, 256, Optional.empty()));
        assertThat(total(model, settings(2, 2, 256, Optional.empty()))).isGreaterThan(plain);
        assertThat(total(model, settings(1, 1, 512, Optional.empty()))).isGreaterThan(plain);
        assertThat(total(model, settings(1, 1, 256, Optional.empty()).checkpointed()))
                .isLessThan(plain);
        assertThat(MemoryPlan.of(model, Dtype.F32, WeightFormat.COMPUTED, Optional.empty(), CLOSED)
                        .trained())
                .isGreaterThan(16 * 8_000_000_000L);
    }

    private static long total(ModelConfig model, TrainingSettings settings) {
        return MemoryPlan.of(model, Dtype.BF16, WeightFormat.COMPUTED, Optional.of(LORA), settings)
                .total();
    }

    /** What the C library's allocator gave out at once in two steps of a training, beside what was planned. */
    @ParameterizedTest
    @CsvSource({"COMPUTED, false", "COMPUTED, true", "NF4, true"})
    void aTrainingTakesWhatWasPlanned(WeightFormat format, boolean checkpointing) throws Exception {
        TrainingSettings plain = settings(4, 4, 128, Optional.empty());
        TrainingSettings settings = checkpointing ? plain.checkpointed() : plain;
        long planned = MemoryPlan.of(ModelConfig.read(QUICKSTART), Dtype.F32, format, Optional.of(LORA), settings)
                .total();
        try (TextTokenizer tokenizer = TextTokenizer.load(QUICKSTART);
                Allocated allocated = new Allocated();
                BaseModel base = BaseModel.load(QUICKSTART, Dtype.F32, Device.CPU, format)) {
            Trainer.train(
                    new TrainingRequest(
                            base,
                            QUICKSTART,
                            Optional.empty(),
                            tokenizer,
                            Map.of(DataRole.FORGET, rows("forget"), DataRole.RETAIN, rows("retain")),
                            List.of(),
                            Objectives.LETHE.of("npo", Map.of()),
                            settings,
                            Optional.of(LORA),
                            Optional.empty(),
                            folder.resolve("checkpoints"),
                            folder.resolve("adapter")),
                    TrainingProgress.NONE);
            assertThat(allocated.most()).isBetween(planned / 4, planned);
        }
    }

    /** Watches how much native memory is in use. */
    private static final class Allocated implements AutoCloseable {
        private static final int MAPPED = 4;
        private static final int IN_USE = 7;
        private static final int FIELDS = 10;

        private final MethodHandle mallinfo = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("mallinfo2").orElseThrow(),
                        FunctionDescriptor.of(MemoryLayout.structLayout(IntStream.range(0, FIELDS)
                                .mapToObj(i -> JAVA_LONG.withName("field" + i))
                                .toArray(MemoryLayout[]::new))));
        private final long before = now();
        private final Thread watch = Thread.ofPlatform().daemon().start(this::watch);
        private volatile long most;

        private void watch() {
            while (!Thread.currentThread().isInterrupted()) {
                most = Math.max(most, now());
                LockSupport.parkNanos(200_000);
            }
        }

        private long now() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment info = (MemorySegment) mallinfo.invokeExact((SegmentAllocator) arena);
                return info.getAtIndex(JAVA_LONG, MAPPED) + info.getAtIndex(JAVA_LONG, IN_USE);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        long most() {
            return most - before;
        }

        @Override
        public void close() {
            watch.interrupt();
        }
    }

    private static Rows rows(String set) {
        return new Rows(
                set,
                IntStream.range(0, 8)
                        .mapToObj(i -> new Row(set + i, set + " number " + i, "word ".repeat(200), null))
                        .toList(),
                "sha256:" + set);
    }

    private static TrainingMemory memory(ModelConfig model, TrainingSettings settings) {
        return new TrainingMemory(model, Dtype.BF16, Optional.of(LORA), settings);
    }

    private static TrainingSettings settings(int rows, int retainRows, int length, Optional<TrainingTarget> until) {
        return new TrainingSettings(
                1, rows, retainRows, 1, 1e-4, 0.01, 0, length, 1, Pairing.CYCLE, true, false, 42, 0, until);
    }

    /** Llama 3, 8B or 70B. */
    private ModelConfig llama(String size) throws IOException {
        boolean small = size.equals("8B");
        Files.writeString(
                folder.resolve(ModelConfig.FILE),
                """
                {"model_type": "llama", "vocab_size": 128256, "num_key_value_heads": 8, "torch_dtype": "bfloat16",
                 "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d}
                """
                        .formatted(small ? 4096 : 8192, small ? 14336 : 28672, small ? 32 : 80, small ? 32 : 64));
        return ModelConfig.read(folder);
    }
}
