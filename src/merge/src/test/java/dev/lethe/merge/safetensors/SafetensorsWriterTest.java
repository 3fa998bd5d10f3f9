package dev.lethe.merge.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    Path folder;

    @Test
    void laysOutAsTheReferenceWriterDoes() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, TensorInfo> infos = Map.of(
                "d", TensorInfo.of(Dtype.F32, 1),
                "B", TensorInfo.of(Dtype.F32, 1),
                "i", TensorInfo.of(Dtype.I64),
                "h", TensorInfo.of(Dtype.BF16, 2, 1),
                "u", TensorInfo.of(Dtype.U8, 3));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, Map.of("b", "2", "a", "1"))) {
            for (String name : writer.header().tensors().keySet()) {
                writer.write(
                        name,
                        MemorySegment.ofArray(new byte[(int) infos.get(name).bytes()]));
            }
            assertThat(file).doesNotExist();
            writer.commit();
        }
        byte[] bytes = Files.readAllBytes(file);
        assertThat(new String(bytes, 8, bytes[0] + 256 * bytes[1], UTF_8))
                .isEqualTo("{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},"
                        + "\"i\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                        + "\"B\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                        + "\"d\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},"
                        + "\"h\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[16,20]},"
                        + "\"u\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[20,23]}}     ");
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.header().metadata()).containsEntry("a", "1");
        }
    }

    @Test
    void leavesNothingWithoutCommit() throws IOException {
        Path file = folder.resolve("a.safetensors");
        try (SafetensorsWriter writer =
                SafetensorsWriter.create(file, Map.of("a", TensorInfo.of(Dtype.U8, 2)), Map.of())) {
            writer.write("a", 1, MemorySegment.ofArray(new byte[1]));
            assertThatThrownBy(writer::commit).hasMessageContaining("1 of 2 bytes");
        }
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void namesThePathThatCannotBeWritten() {
        Path file = folder.resolve("missing/a.safetensors");
        assertThatThrownBy(() -> SafetensorsWriter.create(file, Map.of(), Map.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(file + ": cannot be written: no such file");
    }

    @Property
    void roundsToNearestEven(@ForAll float value) {
        float nearest = FloatBlocks.round(Dtype.BF16, value);
        if (Float.isFinite(value) && Float.isFinite(nearest)) {
            int bits = Float.floatToRawIntBits(nearest);
            double distance = Math.abs((double) nearest - value);
            for (int neighbour : new int[] {bits - 0x10000, bits + 0x10000}) {
                double other = Math.abs((double) Float.intBitsToFloat(neighbour) - value);
                assertThat(other < distance || (other == distance && (bits & 0x10000) != 0))
                        .isFalse();
            }
        }
    }

    @Test
    void convertsTheGoldenValues() {
        assertThat(FloatBlocks.round(Dtype.BF16, 0.3f)).isEqualTo(0.30078125f);
        assertThat(FloatBlocks.round(Dtype.BF16, 0.7f)).isEqualTo(0.69921875f);
        assertThat(FloatBlocks.round(Dtype.BF16, Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatBlocks.round(Dtype.BF16, Float.intBitsToFloat(0x7F800001)))
                .isNaN();
        assertThat(FloatBlocks.round(Dtype.F16, 65520f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatBlocks.round(Dtype.F16, 0x1.002p0f)).isEqualTo(1f);
        byte[] bytes = new byte[8];
        for (Dtype dtype : new Dtype[] {Dtype.F16, Dtype.BF16, Dtype.F32}) {
            MemorySegment tensor = MemorySegment.ofArray(bytes).asSlice(0, 2 * dtype.bits() / 8);
            FloatBlocks.write(dtype, new float[] {-1.5f, 0.25f}, 2, tensor, 0);
            assertThat(FloatBlocks.readAll(dtype, tensor)).containsExactly(-1.5f, 0.25f);
        }
    }
}
