package dev.lethe.merge.safetensors;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small safetensors files for tests. */
public final class Fixtures {
    private Fixtures() {}

    /** One tensor: its kind and its bytes. */
    public record Numbers(TensorInfo info, MemorySegment bytes) {
        public static Numbers of(Dtype dtype, long[] shape, float... values) {
            TensorInfo info = TensorInfo.of(dtype, shape);
            MemorySegment bytes = MemorySegment.ofArray(new byte[(int) info.bytes()]);
            FloatBlocks.write(dtype, values, values.length, bytes, 0);
            return new Numbers(info, bytes);
        }

        public static Numbers f32(long[] shape, float... values) {
            return of(Dtype.F32, shape, values);
        }
    }

    public static Path write(Path file, Map<String, Numbers> tensors, Map<String, String> metadata) throws IOException {
        Files.createDirectories(file.getParent());
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        tensors.forEach((name, numbers) -> infos.put(name, numbers.info()));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, metadata)) {
            tensors.forEach((name, numbers) -> writer.write(name, numbers.bytes()));
            writer.commit();
        }
        return file;
    }

    /** All numbers of a file by tensor name. */
    public static Map<String, float[]> read(Path file) {
        Map<String, float[]> values = new LinkedHashMap<>();
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            open.tensors()
                    .forEach((name, info) -> values.put(name, FloatBlocks.readAll(info.dtype(), open.data(name))));
        }
        return values;
    }
}
