package dev.lethe.unlearning.model;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.combine.AdaptedModel;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.TensorInfo;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads the weights of a folder into tensors: checks names and shapes, and that they are finite. Weights that can be computed with as
 * they lie in the file are mapped; others are read to where the model computes, see {@link Staging}.
 */
final class WeightReader {

    private static final int NAMED_AT_MOST = 20;
    /** Numbers that are read at a time. */
    private static final int BLOCK = 1 << 16;

    private final Path folder;
    private final ModelConfig config;
    private final Dtype dtype;
    private final Device device;
    private final WeightFormat format;

    WeightReader(Path folder, ModelConfig config, Dtype dtype, Device device, WeightFormat format) {
        if (dtype != Dtype.F32 && dtype != Dtype.BF16) {
            throw new IllegalArgumentException("dtype: found " + dtype + ", expected F32 or BF16");
        }
        this.folder = folder;
        this.config = config;
        this.dtype = dtype;
        this.device = device;
        this.format = format;
    }

    BaseModel read() {
        return read((files, stored) -> {
            Set<String> linear = stored.linearWeights();
            Map<String, Tensor> weights = new LinkedHashMap<>();
            Map<String, QuantizedWeight> quantized = new LinkedHashMap<>();
            try (Staging staging = staging(files)) {
                if (format.isQuantized()) {
                    Function<Tensor, QuantizedWeight> quantizer = format.quantizer(device);
                    linear.forEach(name -> quantized.put(name, quantized(files, name, quantizer, staging)));
                }
                stored.weightShapes().keySet().stream()
                        .filter(name -> !quantized.containsKey(name))
                        .forEach(name -> weights.put(
                                name,
                                weight(files, name, linear.contains(name) ? format.dtype(dtype) : dtype, staging)));
            }
            return new BaseModel(stored, weights, quantized, format, files);
        });
    }

    /** With an adapter in the weights; a head that is adapted apart from the embedding is one of its own. */
    BaseModel read(AdapterFolder adapter) {
        adapter.requireFinite();
        return read((files, stored) -> {
            AdaptedModel adapted = new AdaptedModel(files, adapter, stored.document());
            if (!adapted.problems().isEmpty()) {
                throw new InvalidInput(String.join("; ", adapted.problems()));
            }
            ModelConfig changed = adapted.unties() ? stored.untied() : stored;
            Map<String, Tensor> weights = new LinkedHashMap<>();
            try (Staging staging = staging(files)) {
                changed.weightShapes()
                        .keySet()
                        .forEach(name -> weights.put(
                                name,
                                adapted.changed().contains(name)
                                        ? weight(files, name, adapted.source(name), staging)
                                        : weight(files, name, dtype, staging)));
            }
            return new BaseModel(changed, weights, Map.of(), WeightFormat.COMPUTED, files);
        });
    }

    private BaseModel read(BiFunction<ModelFolder, ModelConfig, BaseModel> from) {
        ModelFolder files = ModelFolder.open(folder);
        try {
            return from.apply(files, check(folder, config, files));
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Checks the files against the config; one message names every difference.
     *
     * @return the config, untied where the files have a head other than the embedding: transformers goes by the files, too
     */
    static ModelConfig check(Path folder, ModelConfig said, ModelFolder files) {
        ModelConfig config = hasOwnHead(said, files) ? said.untied() : said;
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
                .filter(name -> !expected.containsKey(name))
                .filter(name -> !(name.equals(ModelConfig.HEAD) && config.tiedEmbeddings())) // repeats the embedding
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
        return config;
    }

    private static boolean hasOwnHead(ModelConfig config, ModelFolder files) {
        return config.tiedEmbeddings()
                && files.contains(ModelConfig.HEAD)
                && files.contains(ModelConfig.EMBEDDING)
                && files.data(ModelConfig.HEAD).mismatch(files.data(ModelConfig.EMBEDDING)) != -1;
    }

    private static Staging staging(ModelFolder files) {
        return new Staging(files.names().stream()
                .mapToLong(name -> files.info(name).bytes())
                .max()
                .orElse(0));
    }

    private QuantizedWeight quantized(
            ModelFolder files, String name, Function<Tensor, QuantizedWeight> quantizer, Staging staging) {
        try (Tensor stored = weight(files, name, stored(files, name), staging)) {
            return quantizer.apply(stored);
        }
    }

    private static Dtype stored(ModelFolder files, String name) {
        return Dtype.valueOf(files.info(name).dtype().name());
    }

    /** @param held the type that it is held in */
    private Tensor weight(ModelFolder files, String name, Dtype held, Staging staging) {
        TensorInfo info = files.info(name);
        Dtype stored = stored(files, name);
        MemorySegment mapped = files.data(name);
        boolean asItLies = device == Device.CPU && held == stored && mapped.address() % stored.bytes() == 0;
        try (Scope _ = new Scope()) {
            Tensor weight =
                    asItLies ? Tensor.fromBlob(mapped, stored, info.shape()) : Tensor.empty(held, device, info.shape());
            boolean finite = asItLies
                    ? weight.isFinite()
                    : staging.fill(weight, stored, (first, into) -> files.file(name)
                            .read(info, first * stored.bytes(), into.asByteBuffer()));
            if (!finite) {
                files.requireFinite(name); // throws, and says where
            }
            return weight.owned();
        }
    }

    private Tensor weight(ModelFolder files, String name, TensorSource source, Staging staging) {
        try (Scope _ = new Scope()) {
            Tensor weight = Tensor.empty(dtype, device, source.info().shape());
            float[] block = new float[(int) Math.min(BLOCK, source.size())];
            boolean finite = staging.fill(weight, Dtype.F32, (first, into) -> {
                long numbers = into.byteSize() / Float.BYTES;
                for (long done = 0; done < numbers; done += block.length) {
                    int count = (int) Math.min(block.length, numbers - done);
                    source.read(first + done, block, count);
                    MemorySegment.copy(block, 0, into, ValueLayout.JAVA_FLOAT, done * Float.BYTES, count);
                }
            });
            source.release();
            if (!finite) {
                if (files.contains(name)) {
                    files.requireFinite(name); // throws, and says where, if it is the model's own
                }
                throw InvalidInput.at(folder.toString(), name, "NaN or infinity with the adapter", "finite numbers");
            }
            return weight.owned();
        }
    }
}
