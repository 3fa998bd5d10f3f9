package dev.lethe.cli;

import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.SafetensorsWriter;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Model folders of given numbers. */
public final class Models {
    private Models() {}

    /** One of float32 vectors. */
    public static Path write(Path folder, Map<String, float[]> tensors) throws IOException {
        return write(folder, Dtype.F32, tensors);
    }

    public static Path write(Path folder, Dtype dtype, Map<String, float[]> tensors) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
        Map<String, TensorInfo> kinds = new TreeMap<>();
        tensors.forEach((name, numbers) -> kinds.put(name, TensorInfo.of(dtype, numbers.length)));
        try (SafetensorsWriter writer =
                SafetensorsWriter.create(folder.resolve("model.safetensors"), kinds, Header.PYTORCH)) {
            tensors.forEach((name, numbers) -> {
                byte[] bytes = new byte[numbers.length * dtype.bytes()];
                FloatBlocks.write(dtype, numbers, numbers.length, MemorySegment.ofArray(bytes), 0);
                writer.write(name, MemorySegment.ofArray(bytes));
            });
            writer.commit();
        }
        return folder;
    }
}
