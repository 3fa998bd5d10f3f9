package dev.lethe.merge.recipe;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.engine.MergePlan;
import dev.lethe.merge.engine.MergePlan.WholeModel;
import dev.lethe.merge.engine.ShardPlan;
import dev.lethe.merge.engine.TensorTask;
import dev.lethe.merge.method.MergeMethod;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.ParameterVector;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.method.WholeModelMethod;
import dev.lethe.merge.recipe.Recipe.Model;
import dev.lethe.merge.recipe.TensorMapping.Target;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.Header;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Plans a recipe from the headers of its models; it finds every problem, not only the first. */
final class RecipePlanner {
    private final Recipe recipe;
    private final OpenModels models;
    private final List<String> problems;
    private final List<String> notes = new ArrayList<>();

    RecipePlanner(Recipe recipe, OpenModels models, List<String> problems) {
        this.recipe = recipe;
        this.models = models;
        this.problems = problems;
    }

    /** To be used only where no problem was added. */
    MergePlan plan() {
        MergeMethod method = Methods.named(recipe.method(), recipe.semantics());
        OptionResolver resolver = new OptionResolver(recipe, method.signature(), problems);
        resolver.unused().ifPresent(notes::add);
        models.all().forEach(model -> notes.addAll(model.warnings()));
        SortedMap<String, Target> targets = TensorMapping.of(recipe, models, problems);
        VocabularyAlignment alignment = VocabularyAlignment.of(recipe, models, problems, notes);
        TensorPlanner tensors = new TensorPlanner(recipe, models, method, resolver, alignment, problems, notes);
        SortedMap<String, TensorTask> tasks = new TreeMap<>();
        targets.forEach((name, target) -> tensors.task(name, target).ifPresent(task -> tasks.put(name, task)));
        tensors.report();
        if (tasks.isEmpty() && problems.isEmpty()) {
            problems.add(String.valueOf(InvalidInput.at("merge", "models", "no tensors", "models with weights")
                    .getMessage()));
        }
        AuxiliaryFiles auxiliaryFiles =
                new AuxiliaryFiles(recipe, models, settingsModel(), targets, alignment, tasks.keySet());
        auxiliaryFiles.check();
        return new MergePlan(
                tasks,
                ShardPlan.of("model", MergePlan.infos(tasks), recipe.shardBytes(), Header.PYTORCH),
                models.files(),
                folders(),
                RecipeJson.of(recipe),
                problems.isEmpty() && method instanceof WholeModelMethod whole ? wholeModel(whole, tasks) : null,
                auxiliaryFiles::write,
                notes);
    }

    /** Whose settings and tokenizer the result has. */
    private OpenModel settingsModel() {
        Model base = recipe.base();
        return models.of(
                base == null ? recipe.slices().getFirst().sources().getFirst().model() : base);
    }

    private SortedMap<String, Path> folders() {
        SortedMap<String, Path> folders = new TreeMap<>();
        for (OpenModel model : models.all()) {
            folders.put(model.model().name(), model.path());
            if (model.model().adapter() != null) {
                folders.put(model.model().name() + "+adapter", model.model().adapter());
            }
        }
        return folders;
    }

    private static @Nullable WholeModel wholeModel(WholeModelMethod method, SortedMap<String, TensorTask> tasks) {
        List<TensorGroup> groups = tasks.values().stream()
                .flatMap(task -> task instanceof TensorTask.Merge merged
                        ? Optional.of(merged.group()).stream()
                        : Optional.<TensorGroup>empty().stream())
                .toList();
        if (groups.isEmpty()) {
            return null;
        }
        TensorGroup first = groups.getFirst();
        List<TensorSource> inputs = new ArrayList<>();
        for (int i = 0; i < first.inputs().size(); i++) {
            int input = i;
            inputs.add(new ParameterVector(
                    groups.stream().map(group -> group.inputs().get(input)).toList()));
        }
        ParameterVector base = new ParameterVector(groups.stream()
                .map(group -> Objects.requireNonNull(group.base()))
                .toList());
        List<Long> shape = List.of(base.size());
        return new WholeModel(
                method, new TensorGroup("model", shape, base, inputs, first.options(), Dtype.F32, first.seed()));
    }
}
