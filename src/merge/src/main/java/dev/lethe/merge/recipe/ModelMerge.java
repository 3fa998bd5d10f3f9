package dev.lethe.merge.recipe;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.engine.DiskSpace;
import dev.lethe.merge.engine.MergePlan;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.MergeRun;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.Signature;
import dev.lethe.merge.recipe.TensorMapping.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Merges models as a recipe says. */
public final class ModelMerge {
    private static final int MOST_PROBLEMS = 20;

    private ModelMerge() {}

    /**
     * What a merge would do.
     *
     * @param tensors of the result
     * @param bytes of the result
     * @param ioBytes bytes that would be read and written, at most
     * @param files of the result
     * @param notes what is worth a look
     */
    public record Preview(int tensors, long bytes, long ioBytes, int files, List<String> notes) {}

    /**
     * Checks what needs no model: the method, how many inputs it takes, and its options.
     *
     * @throws InvalidInput naming all that is wrong, in one line
     */
    public static void check(Recipe recipe) {
        Signature signature = Methods.named(recipe.method(), recipe.semantics()).signature();
        List<String> problems = new ArrayList<>();
        OptionResolver resolver = new OptionResolver(recipe, signature, problems);
        for (Recipe.Slice given : recipe.slices()) {
            Recipe.Slice slice = TensorMapping.withBase(recipe, given);
            Target target =
                    new Target(slice, 0, Collections.nCopies(slice.sources().size(), "any tensor"));
            InputRoles roles = InputRoles.of(recipe, signature, target);
            roles.problem(recipe, signature, target).ifPresent(problems::add);
            var unused = resolver.options("any tensor", target, roles.inputs());
        }
        if (!problems.isEmpty()) {
            throw invalid(problems);
        }
    }

    /**
     * Plans from headers alone and says what would be done.
     *
     * @throws InvalidInput naming all that is wrong with recipe, models and target, in one line
     */
    public static Preview preview(Recipe recipe, Path target) {
        List<String> problems = new ArrayList<>();
        try (OpenModels models = OpenModels.open(recipe, problems)) {
            MergePlan plan = checked(recipe, models, target, problems);
            return new Preview(
                    plan.tasks().size(),
                    plan.outputBytes(),
                    plan.ioBytes(),
                    plan.shards().files().size(),
                    plan.notes());
        }
    }

    /**
     * Merges and writes a model folder, complete or not at all; see {@link MergeRun} for what happens when it is cut off.
     *
     * @param target folder that does not exist yet
     * @throws InvalidInput naming all that is wrong with recipe, models and target, before anything is written
     */
    public static MergeReport merge(Recipe recipe, Path target, RunSettings settings, ProgressListener progress) {
        List<String> problems = new ArrayList<>();
        try (OpenModels models = OpenModels.open(recipe, problems)) {
            MergePlan plan = checked(recipe, models, target, problems);
            progress.planned(plan.notes());
            return MergeRun.run(plan, target, settings, progress);
        }
    }

    private static MergePlan checked(Recipe recipe, OpenModels models, Path target, List<String> problems) {
        if (!problems.isEmpty()) {
            throw invalid(problems);
        }
        MergePlan plan = new RecipePlanner(recipe, models, problems).plan();
        DiskSpace.problem(plan, target).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw invalid(problems);
        }
        return plan;
    }

    private static InvalidInput invalid(List<String> problems) {
        List<String> distinct = problems.stream().distinct().toList();
        String rest = distinct.size() > MOST_PROBLEMS ? "; and %d more".formatted(distinct.size() - MOST_PROBLEMS) : "";
        return new InvalidInput(
                String.join("; ", distinct.subList(0, Math.min(MOST_PROBLEMS, distinct.size()))) + rest);
    }
}
