package dev.lethe.merge.compare;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.ModelFiles;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a safetensors file, a model folder or an adapter folder holds.
 *
 * @param tensors sorted by name
 * @param metadata of the file, or of the folder's first
 * @param warnings what is odd but harmless
 * @param digest of the file or folder
 */
public record Inspection(List<Tensor> tensors, Map<String, String> metadata, List<String> warnings, String digest) {
    /** One tensor and the file that holds it. */
    public record Tensor(String name, Dtype dtype, List<Long> shape, long bytes, String file) {}

    /** @throws dev.lethe.merge.InvalidInput where the weights break a rule of the format */
    public static Inspection of(Path path) {
        if (Files.isRegularFile(path)) {
            return ofFile(path, () -> Digest.ofFile(path));
        }
        Path adapter = path.resolve(AdapterFolder.WEIGHTS);
        if (Files.isRegularFile(adapter)) {
            return ofFile(adapter, () -> Digest.ofFolder(path));
        }
        try (ModelFolder model = ModelFolder.open(path)) {
            List<Tensor> tensors = new ArrayList<>();
            for (String name : model.names()) {
                tensors.add(tensor(name, model.info(name), model.file(name)));
            }
            Map<String, String> metadata =
                    model.shards().firstEntry().getValue().header().metadata();
            return new Inspection(tensors, metadata, model.warnings(), ofModel(path));
        }
    }

    private static String ofModel(Path folder) {
        return Digest.ofListing(Digest.listing(folder, ModelFiles.counted(folder), Digest::ofFile));
    }

    /** @param digest reads all of it, which is not done for what is no weights */
    private static Inspection ofFile(Path path, Supplier<String> digest) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<Tensor> tensors = new ArrayList<>();
            file.tensors().forEach((name, info) -> tensors.add(tensor(name, info, file)));
            return new Inspection(tensors, file.header().metadata(), List.of(), digest.get());
        }
    }

    private static Tensor tensor(String name, TensorInfo info, SafetensorsFile file) {
        String holder = String.valueOf(file.path().getFileName());
        return new Tensor(name, info.dtype(), info.dimensions(), info.bytes(), holder);
    }

    /** Size of all tensors. */
    public long bytes() {
        return tensors.stream().mapToLong(Tensor::bytes).sum();
    }

    /** Number of elements by type. */
    public Map<Dtype, Long> elements() {
        Map<Dtype, Long> elements = new EnumMap<>(Dtype.class);
        tensors.forEach(tensor ->
                elements.merge(tensor.dtype(), tensor.shape().stream().reduce(1L, (a, b) -> a * b), Long::sum));
        return elements;
    }
}
