package dev.lethe.merge.adapter;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.adapter.LoraModule.Factor;
import dev.lethe.merge.safetensors.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    private static final String PREFIX = "base_model.model.";
    private static final Pattern FACTOR = Pattern.compile(
            Pattern.quote(PREFIX) + "(?<path>.+)\\.lora_(?:(?<linear>[AB])\\.weight|embedding_(?<embedding>[AB]))");

    private final Path folder;
    private final AdapterConfig config;
    private final SafetensorsFile file;
    private final SortedMap<String, LoraModule> modules;

    private AdapterFolder(Path folder, AdapterConfig config, SafetensorsFile file) {
        this.folder = folder;
        this.config = config;
        this.file = file;
        this.modules = Collections.unmodifiableSortedMap(readModules());
    }

    /**
     * Opens an adapter.
     *
     * @throws RefusedInput where the weights are there only as a pickle file
     * @throws InvalidInput where something is missing, is not a LoRA factor, or shapes do not fit the settings
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
        return "%s%s.lora_%c.weight".formatted(PREFIX, modulePath, factor);
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

    /** The weights file. */
    public SafetensorsFile file() {
        return file;
    }

    /** The bytes of a factor, valid until {@link #close}. */
    public MemorySegment data(Factor factor) {
        return file.data(factor.tensor());
    }

    /** The digest of the model that this was trained on, where the trainer recorded it. */
    public Optional<String> baseDigest() {
        return Optional.ofNullable(file.header().metadata().get(BASE_DIGEST));
    }

    /**
     * Checks every element of all factors.
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

    private SortedMap<String, LoraModule> readModules() {
        ModuleScaling scaling = config.scaling();
        SortedMap<String, LoraModule> found = new TreeMap<>();
        for (String name : file.tensors().keySet()) {
            Matcher factor = FACTOR.matcher(name);
            if (!factor.matches()) {
                throw InvalidInput.at(
                        file.path().toString(), name, "a tensor that is no LoRA factor", "lora_A, lora_B");
            }
            String path = factor.group("path");
            boolean embedding = factor.group("embedding") != null;
            String prefix = name.substring(0, factor.start(embedding ? "embedding" : "linear"));
            String suffix = name.substring(factor.end(embedding ? "embedding" : "linear"));
            found.computeIfAbsent(
                    path, p -> module(p, prefix + "A" + suffix, prefix + "B" + suffix, embedding, scaling));
        }
        if (found.isEmpty()) {
            throw InvalidInput.at(file.path().toString(), "tensors", "none", "LoRA factors");
        }
        return found;
    }

    private LoraModule module(String path, String nameOfA, String nameOfB, boolean embedding, ModuleScaling scaling) {
        int rank = scaling.rankOf(path);
        Factor a = factor(nameOfA, LoraModule.RANK_AXIS_OF_A, rank);
        Factor b = factor(nameOfB, LoraModule.RANK_AXIS_OF_B, rank);
        return new LoraModule(path, a, b, embedding, rank, scaling.scalingOf(path));
    }

    private Factor factor(String name, int rankAxis, int rank) {
        Factor factor = new Factor(name, file.info(name));
        List<Long> shape = factor.info().dimensions();
        if (!factor.info().dtype().isFloat()) {
            throw InvalidInput.at(
                    file.path().toString(), name, factor.info().dtype().name(), "F32, F16 or BF16");
        }
        if (shape.size() != 2 || shape.get(rankAxis) != rank) {
            String expected = "two dimensions, number %d being the rank %d".formatted(rankAxis, rank);
            throw InvalidInput.at(file.path().toString(), name, shape.toString(), expected);
        }
        return factor;
    }
}
