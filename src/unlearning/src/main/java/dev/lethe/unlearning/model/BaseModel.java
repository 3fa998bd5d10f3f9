package dev.lethe.unlearning.model;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The named weights of a decoder. Frozen weights are read-only and may be shared by threads; those of a
 * {@link #trainableCopy} gather gradients.
 */
public final class BaseModel implements AutoCloseable {

    private final ModelConfig config;
    private final Map<String, Tensor> weights;
    private final Map<String, QuantizedWeight> quantized;
    private final WeightFormat format;
    private final @Nullable ModelFolder mapped; // what weights without a copy read from

    BaseModel(
            ModelConfig config,
            Map<String, Tensor> weights,
            Map<String, QuantizedWeight> quantized,
            WeightFormat format,
            @Nullable ModelFolder mapped) {
        this.config = config;
        this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        this.quantized = Map.copyOf(quantized);
        this.format = format;
        this.mapped = mapped;
    }

    private BaseModel(ModelConfig config, Map<String, Tensor> weights) {
        this(config, weights, Map.of(), WeightFormat.COMPUTED, null);
    }

    /**
     * Reads a Hugging Face folder: config.json, and safetensors in f32, bf16 or f16, single or sharded. Weights stay in the
     * mapped file where type and device allow; the folder must not change while the model is open.
     *
     * @param dtype type to compute in: f32 or bf16
     * @throws InvalidInput where config and weights do not fit; one message names every missing, unknown and misshapen
     *     tensor. Also for weights that are not finite
     * @throws RefusedInput where the weights are pickle files
     */
    public static BaseModel load(Path folder, Dtype dtype, Device device) {
        return load(folder, dtype, device, WeightFormat.COMPUTED);
    }

    /**
     * As {@link #load(Path, Dtype, Device)}, with the linear modules' weights in another format. Each is brought into it as it is
     * read, so that they never are in memory in full. Such a model is computed with, and neither changed nor saved.
     */
    public static BaseModel load(Path folder, Dtype dtype, Device device, WeightFormat format) {
        return new WeightReader(folder, ModelConfig.read(folder), dtype, device, format).read();
    }

    /**
     * Reads a model as an adapter of any kind changes it, see {@link dev.lethe.merge.combine.AdaptedModel}.
     *
     * @throws InvalidInput as {@link #load}; where model and adapter do not fit; and for an adapter that is not finite
     */
    public static BaseModel adapted(Path folder, AdapterFolder adapter, Dtype dtype, Device device) {
        return new WeightReader(folder, ModelConfig.read(folder), dtype, device, WeightFormat.COMPUTED).read(adapter);
    }

    /**
     * Checks config.json against the headers of the weights as {@link #load} does, without reading a weight.
     *
     * @throws InvalidInput where they do not fit
     * @throws RefusedInput where the weights are pickle files
     */
    public static ModelConfig check(Path folder) {
        ModelConfig config = ModelConfig.read(folder);
        try (ModelFolder files = ModelFolder.open(folder)) {
            return WeightReader.check(folder, config, files);
        }
    }

    /**
     * A new model in f32: linear and embedding weights normal with the config's {@code initializer_range}, scales one, biases
     * zero, as Hugging Face initialises; equal seeds give equal weights.
     */
    public static BaseModel random(ModelConfig config, long seed) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        config.weightShapes()
                .forEach((name, shape) -> weights.put(name, Initialization.weight(config, name, shape, seed)));
        return new BaseModel(config, weights);
    }

    public ModelConfig config() {
        return config;
    }

    /** What is odd but harmless in the files that this was read from, one line each; see {@link ModelFolder#warnings}. */
    public List<String> notes() {
        return mapped == null ? List.of() : mapped.warnings();
    }

    /** All weights that are no codes by name, in the order of computation. */
    public Map<String, Tensor> weights() {
        return weights;
    }

    /** The weight of that name. */
    public Tensor weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    /** The weight of a linear module, to compute with in a type. */
    Tensor linear(String name, Dtype type) {
        QuantizedWeight codes = quantized.get(name);
        return codes == null ? weight(name).to(type) : codes.expanded(type);
    }

    Optional<Tensor> find(String name) {
        return Optional.ofNullable(weights.get(name));
    }

    public Dtype dtype() {
        return weight(ModelConfig.EMBEDDING).dtype();
    }

    public Device device() {
        return weight(ModelConfig.EMBEDDING).device();
    }

    /** How the weights of its linear modules are held. */
    public WeightFormat format() {
        return format;
    }

    /** Whether the weights of its linear modules are held in another form than they are computed in. */
    public boolean expands() {
        return format.differsFrom(dtype());
    }

    /** A copy whose weights require gradients, for full fine-tuning. This model may be closed afterwards. */
    public BaseModel trainableCopy() {
        return changed((_, weight) -> weight.copy().requiresGrad(true));
    }

    /**
     * A copy with low-rank updates added to the weights, which computes faster than base and adapter apart.
     *
     * @param updates by module path, such as {@code model.layers.0.self_attn.q_proj}
     */
    public BaseModel folded(Map<String, LoraFactors> updates) {
        return changed((name, weight) -> {
            LoraFactors update = updates.get(module(name));
            return update == null ? weight.copy() : updated(weight, update).to(weight.dtype());
        });
    }

    /**
     * The model with rounded weights, those of its linear modules but the head; low-rank updates are added before. It shares
     * the other weights with this model, which must stay open as long.
     *
     * @param updates by module path
     */
    public BaseModel quantized(Quantization precision, Map<String, LoraFactors> updates) {
        Set<String> linear = config.linearModules().keySet();
        return changed((name, weight) -> {
            String module = module(name);
            return linear.contains(module)
                    ? precision.roundTrip(updated(weight, updates.get(module))).to(weight.dtype())
                    : weight;
        });
    }

    /** The path of the module that a weight belongs to. */
    private static String module(String weight) {
        return weight.replaceAll("\\.weight$", "");
    }

    private static Tensor updated(Tensor weight, @Nullable LoraFactors update) {
        return update == null
                ? weight
                : weight.to(Dtype.F32).copy().addmmInPlace(update.b(), update.a(), update.scale());
    }

    private BaseModel changed(BiFunction<String, Tensor, Tensor> change) {
        requireComputed();
        Map<String, Tensor> changed = new LinkedHashMap<>();
        try (Scope _ = new Scope();
                NoGrad _ = new NoGrad()) {
            weights.forEach((name, weight) ->
                    Scope.run(() -> changed.put(name, change.apply(name, weight).owned())));
        }
        return new BaseModel(config, changed);
    }

    private void requireComputed() {
        if (expands()) {
            throw new IllegalStateException("weights: found " + format + ", expected those that are computed in");
        }
    }

    /**
     * Writes a model folder: config.json, model.safetensors, and the tokenizer's files of another folder.
     *
     * @param target must not exist; appears when it is complete
     * @param dtype type of the weights in the file
     * @param tokenizer the folder that the tokenizer's files and generation_config.json are copied from
     */
    public void save(Path target, Dtype dtype, Path tokenizer) {
        requireComputed();
        new WeightWriter(this, dtype).write(target, tokenizer);
    }

    /** {@link #save} into an existing folder, such as one that is renamed when more has been written. */
    public void fill(Path folder, Dtype dtype, Path tokenizer) {
        requireComputed();
        new WeightWriter(this, dtype).fill(folder, tokenizer);
    }

    /** Frees the weights. */
    @Override
    public void close() {
        weights.values().forEach(Tensor::close);
        quantized.values().forEach(QuantizedWeight::close);
        if (mapped != null) {
            mapped.close();
        }
    }
}
