package dev.lethe.unlearning.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
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
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the host holds while a model is read to where it computes, which here is the host, too: it is counted without the model. */
class HostMemoryTest {
    private static final int MIB = 1 << 20;

    @Test
    void aWeightThatIsLargerThanTheHostMayHoldPassesThroughIt(@TempDir Path folder) throws Exception {
        ModelConfig config = withVocabulary(folder, 1_000_000); // 64 MB in bf16
        write(config, folder.resolve("model.safetensors"));
        long model = config.weightShapes().values().stream()
                .mapToLong(HostMemoryTest::count)
                .map(it -> it * Dtype.F32.bytes())
                .sum();
        long before = NativeHeap.inUse();
        AtomicLong most = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        Thread watching = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                most.accumulateAndGet(NativeHeap.inUse(), Math::max);
            }
        });
        try (BaseModel loaded = BaseModel.load(folder, Dtype.F32, Device.CPU)) {
            assertThat(loaded.dtype()).isEqualTo(Dtype.F32);
            assertThat(NativeHeap.inUse() - before).isCloseTo(model, within(8L * MIB));
        } finally {
            done.set(true);
            watching.join();
        }
        assertThat(most.get() - before - model).isBetween(16L * MIB, 48L * MIB);
    }

    private static long count(long[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    private static ModelConfig withVocabulary(Path folder, int tokens) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode document = (ObjectNode) json.readTree(
                Fixtures.path("llama-tiny").resolve(ModelConfig.FILE).toFile());
        Files.writeString(
                folder.resolve(ModelConfig.FILE),
                document.put("vocab_size", tokens).toString());
        return ModelConfig.read(folder);
    }

    private static void write(ModelConfig config, Path file) {
        var bf16 = dev.lethe.merge.safetensors.Dtype.BF16;
        Map<String, TensorInfo> infos = config.weightShapes().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, it -> TensorInfo.of(bf16, it.getValue()), (a, _) -> a, TreeMap::new));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, Header.PYTORCH);
                Arena arena = Arena.ofConfined()) {
            infos.forEach((name, info) -> writer.write(name, arena.allocate(info.bytes())));
            writer.commit();
        }
    }

    /** Bytes that were allocated and not freed, by glibc's own count. */
    private static final class NativeHeap {
        private static final MemoryLayout MALLINFO2 = MemoryLayout.structLayout(
                MemoryLayout.sequenceLayout(10, JAVA_LONG).withName("fields"));

        private static final MethodHandle CALL = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("mallinfo2").orElseThrow(),
                        FunctionDescriptor.of(MALLINFO2));

        static long inUse() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment info = (MemorySegment) CALL.invoke((SegmentAllocator) arena);
                long mapped = info.getAtIndex(JAVA_LONG, 4); // hblkhd
                return mapped + info.getAtIndex(JAVA_LONG, 7); // uordblks
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
