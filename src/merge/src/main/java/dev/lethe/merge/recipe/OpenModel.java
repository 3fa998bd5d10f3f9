package dev.lethe.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.combine.AdaptedTensor;
import dev.lethe.merge.combine.AdapterFold;
import dev.lethe.merge.combine.TokenTensors;
import dev.lethe.merge.engine.StoredTensor;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** A model whose headers are read, with its adapter where it has one. */
final class OpenModel implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Recipe.Model model;
    private final ModelFolder folder;
    private final @Nullable AdapterFolder adapter;
    private final Map<String, LoraModule> updates = new HashMap<>();
    private final JsonNode config;

    private OpenModel(Recipe.Model model, ModelFolder folder, @Nullable AdapterFolder adapter) {
        this.model = model;
        this.folder = folder;
        this.adapter = adapter;
        this.config = config(folder.folder());
        if (adapter != null) {
            adapter.modules().values().forEach(module -> updates.put(module.baseTensor(), module));
        }
    }

    static OpenModel open(Recipe.Model model) {
        ModelFolder folder = ModelFolder.open(model.folder());
        AdapterFolder adapter = null;
        try {
            adapter = model.adapter() == null ? null : AdapterFolder.open(model.adapter());
            return new OpenModel(model, folder, adapter);
        } catch (RuntimeException e) {
            folder.close();
            if (adapter != null) {
                adapter.close();
            }
            throw e;
        }
    }

    private static JsonNode config(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return Files.isRegularFile(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    Recipe.Model model() {
        return model;
    }

    Path path() {
        return folder.folder();
    }

    SortedSet<String> names() {
        return folder.names();
    }

    List<String> warnings() {
        return folder.warnings();
    }

    /** What does not fit between the model and its adapter, one line each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        updates.forEach((name, module) -> {
            List<Long> needed = AdapterFold.shape(module);
            if (!folder.contains(name) || !folder.info(name).dimensions().equals(needed)) {
                String found =
                        folder.contains(name) ? folder.info(name).dimensions().toString() : "no such tensor";
                String expected = "%s, which %s changes".formatted(needed, model.adapter());
                problems.add(InvalidInput.at(path().toString(), name, found, expected)
                        .getMessage());
            }
        });
        return problems;
    }

    /**
     * The model's own name for a tensor: a head that is missing is the embedding, where the two are tied.
     *
     * @return empty where the model has no such tensor
     */
    Optional<String> own(String name) {
        if (folder.contains(name)) {
            return Optional.of(name);
        }
        return TokenTensors.isHead(name) && tied() ? TokenTensors.embedding(names()) : Optional.empty();
    }

    /** Whether the configuration means that head and embedding are one tensor. */
    boolean tied() {
        return TokenTensors.tied(config);
    }

    /** Whether a tensor of this name has a row for each token: an embedding or a head. */
    static boolean isOfVocabulary(String name) {
        return TokenTensors.isHead(name) || TokenTensors.isEmbedding(name);
    }

    /** Rows of its embedding, by the configuration: there may be more of them than tokens. */
    long vocabularyRows(int tokens) {
        return config.path("vocab_size").asLong(tokens);
    }

    /** {@code layer_types} of the configuration; empty where it has none. */
    List<String> layerTypes() {
        List<String> types = new ArrayList<>();
        config.path("layer_types").forEach(type -> types.add(type.asText()));
        return types;
    }

    TensorInfo info(String own) {
        return folder.info(own);
    }

    SafetensorsFile file(String own) {
        return folder.file(own);
    }

    boolean adapts(String own) {
        return updates.containsKey(own);
    }

    TensorSource source(String own) {
        TensorSource stored = new StoredTensor(file(own), info(own));
        LoraModule module = updates.get(own);
        return module == null || adapter == null ? stored : new AdaptedTensor(stored, adapter, module);
    }

    List<SafetensorsFile> files() {
        List<SafetensorsFile> files = new ArrayList<>(folder.shards().values());
        if (adapter != null) {
            files.add(adapter.file());
        }
        return files;
    }

    ModelFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        folder.close();
        if (adapter != null) {
            adapter.close();
        }
    }
}
