package dev.lethe.merge.adapter;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.adapter.LoraModule.Factor;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA adapter folder as PEFT saves it: {@code adapter_config.json} and {@code adapter_model.safetensors}. Opening
 * checks that settings and tensors fit together.
 */
public final class AdapterFolder implements AutoCloseable {
    /** The name of the weights file. */
    public static final String WEIGHTS = "adapter_model.safetensors";

    /** Key of the weights file's metadata under which the digest of the base model is recorded. */
    public static final String BASE_DIGEST = "lethe.base";

    private static final String PICKLE = "adapter_model.bin";

    private final Path folder;
    private final AdapterConfig config;
    private final SafetensorsFile file;
    private final SortedMap<String, LoraModule> modules;
    private final SortedMap<String, WholeTensor> wholes;

    private AdapterFolder(Path folder, AdapterConfig config, SafetensorsFile file) {
        this.folder = folder;
        this.config = config;
        this.file = file;
        Map<AdapterTensor, String> names = readNames();
        this.modules = Collections.unmodifiableSortedMap(readModules(names));
        this.wholes = Collections.unmodifiableSortedMap(readWholes(names));
        if (modules.isEmpty() && wholes.isEmpty()) {
            throw InvalidInput.at(file.path().toString(), "tensors", "none", "lora_A, lora_B or a tensor of the base");
        }
    }

    /**
     * Opens an adapter.
     *
     * @throws RefusedInput where the weights are there only as a pickle file
     * @throws InvalidInput where something is missing, is neither a LoRA factor nor a tensor of a base, or shapes do not
     *     fit the settings
     */
    public static AdapterFolder open(Path folder) {
        Path weights = folder.resolve(WEIGHTS);
        Path pickle = folder.resolve(PICKLE);
        if (!Files.exists(weights) && Files.exists(pickle)) {
            throw RefusedInput.at(pickle.toString(), "format", "a pickle file, which may run code when read", WEIGHTS);
        }
        AdapterConfig config = AdapterConfig.read(folder);
        SafetensorsFile file = SafetensorsFile.open(weights);
        try {
            return new AdapterFolder(folder, config, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The name of factor {@code A} or {@code B} of a linear module in the weights file. */
    public static String tensorName(String modulePath, char factor) {
        return new AdapterTensor.Factor(modulePath, factor, false).savedName();
    }

    public Path folder() {
        return folder;
    }

    public AdapterConfig config() {
        return config;
    }

    /** The adapted modules by path, sorted. */
    public SortedMap<String, LoraModule> modules() {
        return modules;
    }

    /** The tensors that it has whole, by their names in the base model, sorted. */
    public SortedMap<String, WholeTensor> wholes() {
        return wholes;
    }

    /** What is odd but harmless, one line each. */
    public List<String> notes() {
        List<String> bare = file.tensors().keySet().stream()
                .filter(name -> !name.startsWith(AdapterTensor.PREFIX))
                .toList();
        return bare.isEmpty()
                ? List.of()
                : List.of("%s: %s%s: found without %s before the name, read as with it"
                        .formatted(
                                file.path(),
                                bare.getFirst(),
                                bare.size() == 1 ? "" : " and %d more".formatted(bare.size() - 1),
                                AdapterTensor.PREFIX));
    }

    /** The weights file. */
    public SafetensorsFile file() {
        return file;
    }

    /** The bytes of a factor, valid until {@link #close}. */
    public MemorySegment data(Factor factor) {
        return file.data(factor.tensor());
    }

    /** All numbers of a factor. */
    public float[] numbers(Factor factor) {
        return FloatBlocks.readAll(factor.info().dtype(), data(factor));
    }

    /** The digest of the model that this was trained on, where the trainer recorded it. */
    public Optional<String> baseDigest() {
        return Optional.ofNullable(file.header().metadata().get(BASE_DIGEST));
    }

    /**
     * Checks that this was trained on a model.
     *
     * @param digest of the model; asked for only where the trainer recorded one
     * @throws RefusedInput where it was trained on another
     */
    public void requireBase(Supplier<String> digest) {
        baseDigest().filter(trainedOn -> !trainedOn.equals(digest.get())).ifPresent(trainedOn -> {
            String expected = trainedOn + ", which it was trained on";
            throw RefusedInput.at(folder.toString(), "base model", digest.get(), expected);
        });
    }

    /**
     * Checks every element of all tensors.
     *
     * @throws InvalidInput naming the first NaN or infinity
     */
    public void requireFinite() {
        file.tensors().keySet().forEach(file::requireFinite);
    }

    @Override
    public void close() {
        file.close();
    }

    /** The name in the file of each tensor that it has. */
    private Map<AdapterTensor, String> readNames() {
        Map<AdapterTensor, String> names = new LinkedHashMap<>();
        for (String name : file.tensors().keySet()) {
            if (ModelFolder.isBuffer(name)) {
                continue;
            }
            AdapterTensor tensor = AdapterTensor.named(name)
                    .orElseThrow(() -> InvalidInput.at(
                            file.path().toString(),
                            name,
                            "a tensor that is no LoRA factor",
                            "lora_A, lora_B, or a tensor of the base"));
            String other = names.put(tensor, name);
            if (other != null && !(tensor instanceof AdapterTensor.Original)) {
                throw InvalidInput.at(file.path().toString(), name, "the same as " + other, "one adapter");
            }
        }
        return names;
    }

    private SortedMap<String, LoraModule> readModules(Map<AdapterTensor, String> names) {
        ModuleScaling scaling = config.scaling();
        SortedMap<String, LoraModule> found = new TreeMap<>();
        for (AdapterTensor tensor : names.keySet()) {
            switch (tensor) {
                case AdapterTensor.Factor factor ->
                    found.computeIfAbsent(factor.path(), path -> module(path, factor.embedding(), names, scaling));
                case AdapterTensor.Magnitude(String path) ->
                    found.computeIfAbsent(path, p -> module(p, false, names, scaling));
                case AdapterTensor.Whole _, AdapterTensor.Original _ -> {}
            }
        }
        return found;
    }

    private LoraModule module(String path, boolean embedding, Map<AdapterTensor, String> names, ModuleScaling scaling) {
        int rank = scaling.rankOf(path);
        Factor a = factor(name(names, path, 'A', embedding), LoraModule.RANK_AXIS_OF_A, rank);
        Factor b = factor(name(names, path, 'B', embedding), LoraModule.RANK_AXIS_OF_B, rank);
        long outputs = b.info().dimensions().getFirst();
        Factor magnitude = magnitude(path, names.get(new AdapterTensor.Magnitude(path)), outputs);
        return new LoraModule(path, a, b, embedding, rank, scaling.scalingOf(path), magnitude);
    }

    private static String name(Map<AdapterTensor, String> names, String path, char factor, boolean embedding) {
        AdapterTensor.Factor wanted = new AdapterTensor.Factor(path, factor, embedding);
        return names.getOrDefault(wanted, wanted.savedName());
    }

    private Factor factor(String name, int rankAxis, int rank) {
        Factor factor = floats(name);
        List<Long> shape = factor.info().dimensions();
        if (shape.size() != 2 || shape.get(rankAxis) != rank) {
            String expected = "two dimensions, number %d being the rank %d".formatted(rankAxis, rank);
            throw InvalidInput.at(file.path().toString(), name, shape.toString(), expected);
        }
        return factor;
    }

    /** Settings and tensors must say the same of DoRA: its arithmetic is another. */
    private @Nullable Factor magnitude(String path, @Nullable String name, long outputs) {
        if (config.dora() != (name != null)) {
            String found = name == null ? "no lora_magnitude_vector of " + path : name;
            throw InvalidInput.at(file.path().toString(), "tensors", found, "use_dora: " + config.dora());
        }
        if (name == null) {
            return null;
        }
        Factor magnitude = floats(name);
        if (!magnitude.info().dimensions().equals(List.of(outputs))) {
            throw InvalidInput.at(
                    file.path().toString(),
                    name,
                    magnitude.info().dimensions().toString(),
                    List.of(outputs).toString());
        }
        return magnitude;
    }

    private Factor floats(String name) {
        Factor factor = new Factor(name, file.info(name));
        if (!factor.info().dtype().isFloat()) {
            throw InvalidInput.at(
                    file.path().toString(), name, factor.info().dtype().name(), "F32, F16 or BF16");
        }
        return factor;
    }

    private SortedMap<String, WholeTensor> readWholes(Map<AdapterTensor, String> names) {
        SortedMap<String, WholeTensor> found = new TreeMap<>();
        names.forEach((tensor, name) -> {
            if (tensor instanceof AdapterTensor.Whole(String own, boolean trained)) {
                WholeTensor whole = new WholeTensor(own, name, floats(name).info(), trained);
                boolean saved = trained || config.saves(whole.module());
                WholeTensor other = found.put(own, new WholeTensor(own, name, whole.info(), saved));
                if (other != null) {
                    throw InvalidInput.at(file.path().toString(), name, "the same as " + other.stored(), "one of them");
                }
            }
        });
        return found;
    }
}
