package dev.lethe.unlearning.lora;

import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.unlearning.model.LoraFactors;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A LoRA adapter in memory: the f32 factors of each adapted module. */
public final class Adapter implements AutoCloseable {

    private final AdapterConfig config;
    private final SortedMap<String, LoraFactors> modules;

    Adapter(AdapterConfig config, SortedMap<String, LoraFactors> modules) {
        this.config = config;
        this.modules = Collections.unmodifiableSortedMap(modules);
    }

    /**
     * A new adapter that changes nothing yet: B is zero, A uniform in ±1/sqrt(inputs) (PEFT's Kaiming initialisation with
     * a = sqrt 5). Each A is a pure function of the seed, the module's path, the rank and the number of inputs, so that
     * adapters of equal seed and rank begin alike whatever else differs; merging their factors rests on that.
     *
     * @param baseName what the adapter's file is to call the model
     */
    public static Adapter init(ModelConfig model, LoraSettings settings, long seed, Device device, String baseName) {
        SortedMap<String, LoraFactors> modules = new TreeMap<>();
        model.linearModules().forEach((path, shape) -> {
            Tensor a = uniform(settings.rank(), shape[1], seed * 0x9E3779B97F4A7C15L + path.hashCode());
            Tensor b = Tensor.zeros(Dtype.F32, device, shape[0], settings.rank());
            modules.put(path, new LoraFactors(a.to(device).owned(), b.owned(), settings.scale()));
        });
        return new Adapter(AdapterFiles.config(model, settings, baseName), modules);
    }

    private static Tensor uniform(int rank, long inputs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double bound = 1 / Math.sqrt((double) inputs);
        float[] values = new float[Math.toIntExact(rank * inputs)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        return Tensor.of(values, rank, inputs);
    }

    /**
     * Whether an adapter is LoRA of a model's linear modules and nothing else, which is computed beside the model. Any other
     * is read into the model's weights, see {@link dev.lethe.unlearning.model.BaseModel#adapted}.
     */
    public static boolean isPlain(AdapterFolder folder, ModelConfig model) {
        return AdapterFiles.isPlain(folder, model);
    }

    /**
     * Reads a PEFT adapter folder that {@link #isPlain}.
     *
     * @param baseDigest the digest of the model it is to be used with; compared where the adapter records one
     * @throws dev.lethe.merge.InvalidInput where the files are malformed or do not fit the model
     * @throws dev.lethe.merge.RefusedInput for pickle files, and for an adapter of another model
     */
    public static Adapter load(Path folder, ModelConfig model, Device device, Optional<String> baseDigest) {
        return AdapterFiles.read(folder, model, device, baseDigest);
    }

    /**
     * Writes {@code adapter_config.json} and {@code adapter_model.safetensors} (f32) into an existing folder.
     *
     * @param baseDigest the digest of the base model, which the file records
     */
    public void save(Path folder, Optional<String> baseDigest) {
        AdapterFiles.write(this, folder, baseDigest);
    }

    public AdapterConfig config() {
        return config;
    }

    /** The factors by module path: what a {@link dev.lethe.unlearning.model.LanguageModel} takes. */
    public SortedMap<String, LoraFactors> modules() {
        return modules;
    }

    /** All factors by their name in the file, sorted. */
    public SortedMap<String, Tensor> parameters() {
        SortedMap<String, Tensor> parameters = new TreeMap<>();
        modules.forEach((path, factors) -> {
            parameters.put(AdapterFolder.tensorName(path, 'A'), factors.a());
            parameters.put(AdapterFolder.tensorName(path, 'B'), factors.b());
        });
        return parameters;
    }

    /** Lets all factors gather gradients; returns this adapter. */
    public Adapter trainable() {
        parameters().values().forEach(factor -> factor.requiresGrad(true));
        return this;
    }

    /** Frees the factors. */
    @Override
    public void close() {
        parameters().values().forEach(Tensor::close);
    }
}
