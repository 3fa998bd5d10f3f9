package dev.lethe.merge.combine;

import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.method.Vectors;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Small adapters for tests. */
final class Adapters {
    private Adapters() {}

    static AdapterConfig config(int rank, double alpha, String base) {
        return AdapterConfig.lora(rank, alpha, 0, new TreeSet<>(Set.of("q", "v")), base);
    }

    /** Writes an adapter of one module, whose factors have the given shapes and numbers. */
    static Path write(Path folder, AdapterConfig config, String module, Numbers a, Numbers b) throws IOException {
        return write(folder, config, Map.of(module, new Numbers[] {a, b}), Map.of());
    }

    static Path write(Path folder, AdapterConfig config, Map<String, Numbers[]> modules, Map<String, String> metadata)
            throws IOException {
        Map<String, Numbers> tensors = new TreeMap<>();
        modules.forEach((path, factors) -> {
            tensors.put(AdapterFolder.tensorName(path, 'A'), factors[0]);
            tensors.put(AdapterFolder.tensorName(path, 'B'), factors[1]);
        });
        Fixtures.write(folder.resolve(AdapterFolder.WEIGHTS), tensors, metadata);
        config.write(folder);
        return folder;
    }

    static Numbers matrix(int rows, int columns, String numbers) {
        return Numbers.f32(new long[] {rows, columns}, Vectors.numbers(numbers));
    }
}
