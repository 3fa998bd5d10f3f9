package dev.lethe.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.combine.AdaptedModel;
import dev.lethe.merge.combine.TokenTensors;
import dev.lethe.merge.engine.StoredTensor;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A model whose headers are read, with its adapter where it has one. */
final class OpenModel implements AutoCloseable {
    private final Recipe.Model model;
    private final ModelFolder folder;
    private final @Nullable AdapterFolder adapter;
    private final @Nullable AdaptedModel adapted;
    private final JsonNode config;

    private OpenModel(Recipe.Model model, ModelFolder folder, @Nullable AdapterFolder adapter) {
        this.model = model;
        this.folder = folder;
        this.adapter = adapter;
        this.config = AdaptedModel.config(folder.folder());
        this.adapted = adapter == null ? null : new AdaptedModel(folder, adapter, config);
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

    Recipe.Model model() {
        return model;
    }

    Path path() {
        return folder.folder();
    }

    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(folder.names());
        if (adapted != null) {
            adapted.ownHead().ifPresent(head -> names.add(head));
        }
        return names;
    }

    List<String> warnings() {
        List<String> warnings = new ArrayList<>(folder.warnings());
        if (adapter != null) {
            warnings.addAll(adapter.notes());
        }
        return warnings;
    }

    /** What does not fit between the model and its adapter, one line each. */
    List<String> problems() {
        return adapted == null ? List.of() : adapted.problems();
    }

    /**
     * The model's own name for a tensor: a head that is missing is the embedding, where the two are tied.
     *
     * @return empty where the model has no such tensor
     */
    Optional<String> own(String name) {
        if (folder.contains(name) || adapts(name)) {
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

    /**
     * Rows of its embedding, else of its head, else {@code vocab_size} of the configuration: there may be more or fewer of
     * them than tokens.
     */
    OptionalLong vocabularyRows() {
        Optional<String> tensor = TokenTensors.embedding(names())
                .or(() -> names().stream().filter(TokenTensors::isHead).findFirst())
                .filter(name -> info(name).dimensions().size() == 2);
        if (tensor.isPresent()) {
            return OptionalLong.of(info(tensor.get()).dimensions().getFirst());
        }
        JsonNode size = config.path("vocab_size");
        return size.isIntegralNumber() ? OptionalLong.of(size.longValue()) : OptionalLong.empty();
    }

    /** {@code layer_types} of the configuration; empty where it has none. */
    List<String> layerTypes() {
        List<String> types = new ArrayList<>();
        config.path("layer_types").forEach(type -> types.add(type.asText()));
        return types;
    }

    TensorInfo info(String own) {
        return adapted == null ? folder.info(own) : adapted.info(own);
    }

    SafetensorsFile file(String own) {
        return folder.file(own);
    }

    boolean adapts(String own) {
        return adapted != null && adapted.changed().contains(own);
    }

    TensorSource source(String own) {
        return adapted == null ? new StoredTensor(file(own), info(own)) : adapted.source(own);
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
