package dev.lethe.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.combine.ModelSettings;
import dev.lethe.merge.recipe.TensorMapping.Target;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The files beside the weights: the settings of the base, changed where they no longer hold, and the tokenizer. */
record AuxiliaryFiles(
        Recipe recipe,
        OpenModels models,
        OpenModel settings,
        SortedMap<String, Target> targets,
        VocabularyAlignment alignment,
        Set<String> tensors) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** @throws dev.lethe.merge.RefusedInput where a file is a link that leads out of its model's folder */
    void check() {
        ModelSettings.check(settings.path());
        tokenizerModel().ifPresent(from -> ModelFiles.requireInside(from.path(), ModelFiles.tokenizer(from.path())));
    }

    /** The model that the recipe names for its tokenizer. */
    private Optional<OpenModel> tokenizerModel() {
        return models.all().stream()
                .filter(model -> ("model:" + model.model().name()).equals(recipe.tokenizer()))
                .findFirst();
    }

    void write(Path folder) {
        ModelSettings.copy(settings.path(), folder, Optional.ofNullable(dtype()), changes());
        Vocabulary vocabulary = alignment.vocabulary();
        tokenizerModel().ifPresent(from -> ModelFiles.copy(from.path(), ModelFiles.tokenizer(from.path()), folder));
        try {
            if (vocabulary != null && "union".equals(recipe.tokenizer())) {
                writeUnion(vocabulary, folder.resolve(Vocabulary.FILE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Dtype dtype() {
        return recipe.outDtype() == null ? recipe.dtype() : recipe.outDtype();
    }

    private Map<String, Object> changes() {
        Map<String, Object> changes = new TreeMap<>();
        Vocabulary vocabulary = alignment.vocabulary();
        if (vocabulary != null) {
            changes.put("vocab_size", vocabulary.rows());
        }
        if (settings.tied() && tensors.stream().anyMatch(name -> name.endsWith("lm_head.weight"))) {
            changes.put("tie_word_embeddings", false);
        }
        if (recipe.slices().size() > 1
                || recipe.slices().getFirst().sources().getFirst().layers() != null) {
            List<Integer> layers = layersOfFirstSources();
            changes.put("num_hidden_layers", layers.size());
            List<String> types = settings.layerTypes();
            if (!types.isEmpty() && layers.stream().allMatch(layer -> layer < types.size())) {
                changes.put("layer_types", layers.stream().map(types::get).toList());
            }
        }
        return changes;
    }

    /** For each layer of the result, which layer of its slice's first model it is made of. */
    private List<Integer> layersOfFirstSources() {
        SortedMap<Integer, Integer> layers = new TreeMap<>();
        targets.forEach((name, target) -> LayerName.of(name)
                .ifPresent(layer -> LayerName.of(target.names().getFirst())
                        .ifPresent(from -> layers.put(layer.layer(), from.layer()))));
        return new ArrayList<>(layers.values());
    }

    /** Adds the missing tokens to the tokenizer of the base; its merges stay as they are. */
    private static void writeUnion(Vocabulary vocabulary, Path file) throws IOException {
        JsonNode json = JSON.readTree(file.toFile());
        Set<String> known = new TreeSet<>();
        ArrayNode added = (ArrayNode) json.path("added_tokens");
        added.forEach(token -> known.add(token.path("content").asText()));
        JsonNode model = json.path("model").path("vocab");
        for (String token : vocabulary.inOrder()) {
            int id = vocabulary.ids().get(token);
            if (vocabulary.added().contains(token) && !known.contains(token)) {
                ObjectNode entry = added.addObject();
                entry.put("id", id).put("content", token).put("special", false);
                entry.put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false);
            } else if (!known.contains(token) && model instanceof ObjectNode object && !object.has(token)) {
                object.put(token, id);
            } else if (!known.contains(token) && model instanceof ArrayNode scored && id >= scored.size()) {
                scored.addArray().add(token).add(0.0);
            }
        }
        Files.writeString(file, JSON.writeValueAsString(json) + "\n");
    }
}
