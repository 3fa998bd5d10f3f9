package dev.lethe.unlearning.model;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the weights of a folder into tensors: checks names and shapes, maps or casts, checks that they are finite. */
final class WeightReader {

    private static final int NAMED_AT_MOST = 20;

    private final Path folder;
    private final ModelConfig config;
    private final Dtype dtype;
    private final Device device;

    WeightReader(Path folder, ModelConfig config, Dtype dtype, Device device) {
        if (dtype != Dtype.F32 && dtype != Dtype.BF16) {
            throw new IllegalArgumentException("dtype: found " + dtype + ", expected F32 or BF16");
        }
        this.folder = folder;
        this.config = config;
        this.dtype = dtype;
        this.device = device;
    }

    BaseModel read() {
        ModelFolder files = ModelFolder.open(folder);
        try {
            check(folder, config, files);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            config.weightShapes().keySet().forEach(name -> weights.put(name, weight(files, name)));
            return new BaseModel(config, weights, files);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** Checks the files against the config; one message names every difference. */
    static void check(Path folder, ModelConfig config, ModelFolder files) {
        Map<String, long[]> expected = config.weightShapes();
        List<String> problems = new ArrayList<>();
        expected.forEach((name, shape) -> {
            if (!files.contains(name)) {
                problems.add(name + ": missing, expected " + Arrays.toString(shape));
            } else if (!Arrays.equals(files.info(name).shape(), shape)) {
                problems.add("%s: found %s, expected %s"
                        .formatted(name, files.info(name).dimensions(), Arrays.toString(shape)));
            } else if (!files.info(name).dtype().isFloat()) {
                problems.add("%s: found %s, expected F32, BF16 or F16"
                        .formatted(name, files.info(name).dtype()));
            }
        });
        files.names().stream()
                .filter(name -> !expected.containsKey(name) && !harmless(config, files, name))
                .forEach(name -> problems.add(name + ": unknown to " + ModelConfig.FILE));
        if (!problems.isEmpty()) {
            int more = problems.size() - NAMED_AT_MOST;
            throw new InvalidInput("%s: weights: %d problems: %s%s"
                    .formatted(
                            folder,
                            problems.size(),
                            String.join("; ", problems.subList(0, Math.min(problems.size(), NAMED_AT_MOST))),
                            more > 0 ? "; and " + more + " more" : ""));
        }
    }

    /** Whether it is a head that repeats the embedding it is tied to. */
    private static boolean harmless(ModelConfig config, ModelFolder files, String name) {
        return name.equals(ModelConfig.HEAD)
                && config.tiedEmbeddings()
                && files.contains(ModelConfig.EMBEDDING)
                && files.data(name).mismatch(files.data(ModelConfig.EMBEDDING)) == -1;
    }

    private Tensor weight(ModelFolder files, String name) {
        TensorInfo info = files.info(name);
        Dtype stored = Dtype.valueOf(info.dtype().name());
        MemorySegment bytes = files.data(name);
        try (Scope _ = new Scope()) {
            Tensor view = aligned(bytes, stored, info.shape());
            if (!view.isFinite()) {
                files.requireFinite(name); // throws, and says where
            }
            return view.to(dtype).to(device).owned();
        }
    }

    private static Tensor aligned(MemorySegment bytes, Dtype dtype, long[] shape) {
        if (bytes.address() % dtype.bytes() == 0) {
            return Tensor.fromBlob(bytes, dtype, shape);
        }
        Tensor copy = Tensor.empty(dtype, Device.CPU, shape);
        copy.bytes().copyFrom(bytes);
        return copy;
    }
}
