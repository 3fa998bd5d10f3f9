package dev.lethe.merge.recipe;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.engine.MergePlan;
import dev.lethe.merge.engine.MergePlan.Survey;
import dev.lethe.merge.engine.ShardPlan;
import dev.lethe.merge.engine.Work;
import dev.lethe.merge.method.Concatenated;
import dev.lethe.merge.method.Group;
import dev.lethe.merge.method.Method;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.Source;
import dev.lethe.merge.method.WholeModel;
import dev.lethe.merge.recipe.Layout.Target;
import dev.lethe.merge.recipe.Recipe.Model;
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

/** What must be done for a recipe, as its models' headers say; every problem is found, not the first alone. */
final class RecipePlan {
    private final Recipe recipe;
    private final Models models;
    private final List<String> problems;
    private final List<String> notes = new ArrayList<>();

    RecipePlan(Recipe recipe, Models models, List<String> problems) {
        this.recipe = recipe;
        this.models = models;
        this.problems = problems;
    }

    /** To be used only where no problem was added. */
    MergePlan plan() {
        Method method = Methods.named(recipe.method(), recipe.semantics());
        Resolution resolution = new Resolution(recipe, method.signature(), problems);
        resolution.unused().ifPresent(notes::add);
        models.all().forEach(model -> notes.addAll(model.warnings()));
        SortedMap<String, Target> targets = Layout.of(recipe, models, problems);
        Alignment alignment = Alignment.of(recipe, models, problems);
        TensorPlan tensors = new TensorPlan(recipe, models, method, resolution, alignment, problems, notes);
        SortedMap<String, Work> works = new TreeMap<>();
        targets.forEach((name, target) -> tensors.work(name, target).ifPresent(work -> works.put(name, work)));
        if (works.isEmpty() && problems.isEmpty()) {
            problems.add(String.valueOf(InvalidInput.at("merge", "models", "no tensors", "models with weights")
                    .getMessage()));
        }
        Companions companions = new Companions(recipe, models, settingsModel(), targets, alignment, works.keySet());
        companions.check();
        return new MergePlan(
                works,
                ShardPlan.of("model", MergePlan.kinds(works), recipe.shardBytes(), Header.PYTORCH),
                models.files(),
                folders(),
                RecipeText.of(recipe),
                problems.isEmpty() && method instanceof WholeModel whole ? survey(whole, works) : null,
                companions::write,
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

    private static @Nullable Survey survey(WholeModel method, SortedMap<String, Work> works) {
        List<Group> groups = works.values().stream()
                .flatMap(work -> work instanceof Work.Merged merged
                        ? Optional.of(merged.group()).stream()
                        : Optional.<Group>empty().stream())
                .toList();
        if (groups.isEmpty()) {
            return null;
        }
        Group first = groups.getFirst();
        List<Source> inputs = new ArrayList<>();
        for (int i = 0; i < first.inputs().size(); i++) {
            int input = i;
            inputs.add(new Concatenated(
                    groups.stream().map(group -> group.inputs().get(input)).toList()));
        }
        Concatenated base = new Concatenated(groups.stream()
                .map(group -> Objects.requireNonNull(group.base()))
                .toList());
        List<Long> shape = List.of(base.size());
        return new Survey(method, new Group("model", shape, base, inputs, first.options(), Dtype.F32, first.seed()));
    }
}
