package dev.lethe.merge.recipe;

import dev.lethe.merge.safetensors.SafetensorsFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The models of a recipe, each opened once; what cannot be opened is a problem. */
final class OpenModels implements AutoCloseable {
    private final Map<Recipe.Model, OpenModel> open = new LinkedHashMap<>();

    static OpenModels open(Recipe recipe, List<String> problems) {
        OpenModels models = new OpenModels();
        List<Recipe.Model> wanted = new ArrayList<>();
        if (recipe.base() != null) {
            wanted.add(recipe.base());
        }
        for (Recipe.Slice slice : recipe.slices()) {
            if (slice.base() != null) {
                wanted.add(slice.base());
            }
            slice.sources().forEach(source -> wanted.add(source.model()));
        }
        for (Recipe.Model model : wanted) {
            try {
                if (!models.open.containsKey(model)) {
                    OpenModel opened = OpenModel.open(model);
                    models.open.put(model, opened);
                    problems.addAll(opened.problems());
                }
            } catch (RuntimeException e) {
                String problem = String.valueOf(e.getMessage());
                if (!problems.contains(problem)) {
                    problems.add(problem);
                }
            }
        }
        return models;
    }

    OpenModel of(Recipe.Model model) {
        return Objects.requireNonNull(open.get(model));
    }

    List<OpenModel> all() {
        return List.copyOf(open.values());
    }

    List<SafetensorsFile> files() {
        List<SafetensorsFile> files = new ArrayList<>();
        open.values().forEach(model -> files.addAll(model.files()));
        return files;
    }

    @Override
    public void close() {
        open.values().forEach(OpenModel::close);
    }
}
