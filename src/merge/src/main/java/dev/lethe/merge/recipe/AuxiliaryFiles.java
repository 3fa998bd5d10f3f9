package dev.lethe.merge.recipe;

import dev.lethe.merge.combine.ModelSettings;
import dev.lethe.merge.recipe.TensorMapping.Target;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** The files beside the weights: the settings of the base, changed where they no longer hold, and the tokenizer. */
record AuxiliaryFiles(
        Recipe recipe,
        OpenModels models,
        OpenModel settings,
        SortedMap<String, Target> targets,
        VocabularyAlignment alignment,
        Set<String> tensors) {
    /** @throws dev.lethe.merge.RefusedInput where a file is a link that leads out of its model's folder */
    void check() {
        ModelSettings.check(settings.path());
        tokenizer().check();
    }

    void write(Path folder) {
        TokenizerFiles tokenizer = tokenizer();
        SortedSet<String> names = ModelFiles.settings(settings.path());
        names.removeAll(ModelFiles.tokenizer(settings.path()));
        ModelSettings.copy(settings.path(), names, folder, Optional.ofNullable(dtype()), changes());
        tokenizer.write(folder);
        if (tokenizer.model() != settings) {
            tokenizer.nameSpecialTokens(folder);
        }
    }

    /** Of the model that the recipe names for it; else of the one whose settings the result has. */
    private TokenizerFiles tokenizer() {
        OpenModel model = models.all().stream()
                .filter(one -> ("model:" + one.model().name()).equals(recipe.tokenizer()))
                .findFirst()
                .orElse(settings);
        boolean union = VocabularyAlignment.UNION.equals(recipe.tokenizer());
        return new TokenizerFiles(model, union ? Optional.ofNullable(alignment.vocabulary()) : Optional.empty());
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
}
