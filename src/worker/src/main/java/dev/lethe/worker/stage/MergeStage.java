package dev.lethe.worker.stage;

import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.status.Progress;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.combine.AdapterFold;
import dev.lethe.merge.combine.AdapterMerge;
import dev.lethe.merge.combine.AdapterMergeSettings;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.file.FileTree;
import dev.lethe.merge.recipe.ModelMerge;
import dev.lethe.merge.recipe.Recipe;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.engine.MergeRecipes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Merges adapters or models; adapters as PEFT does it, folded into the base where a model is asked for, or as differences. */
final class MergeStage {
    private MergeStage() {}

    static StageOutcome merge(
            ModelMergeSpec spec, StageInputs inputs, StageOutput output, RunSettings run, StageContext context) {
        Merge asked = Merge.of(spec, inputs);
        output.begin();
        context.stop().check();
        MergeSearchResult search = spec.search() == null
                ? null
                : MergeSearchStage.search(
                        asked.adapters(), Objects.requireNonNull(asked.base()), spec, inputs, output, context);
        Merge merge = search == null ? asked : asked.as(search.chosen());
        ProgressEstimator estimator = new ProgressEstimator("bytes");
        ProgressListener progress = new ProgressListener() {
            @Override
            public void planned(List<String> notes) {
                notes.forEach(Note::say);
            }

            @Override
            public void advanced(long done, long total) {
                MergeStage.advanced(estimator.throttled(done, total), context);
            }
        };
        MergeReport report = merge.asPeft()
                ? adapters(merge, output, run, progress)
                : ModelMerge.merge(merge.recipe(), output.payload(), run, progress);
        String type = merge.toModel() ? "model" : "adapter";
        return search == null
                ? StageOutcome.of(type, counts(report))
                : MergeSearchStage.outcome(type, counts(report), search);
    }

    /**
     * Checks everything and says in a line what would be done.
     *
     * @throws InvalidInput naming what is wrong
     */
    static String preview(ModelMergeSpec spec, StageInputs inputs, Path target) {
        Merge merge = Merge.of(spec, inputs);
        if (spec.search() != null) {
            AdapterMerge.check(merge.adapters(), new AdapterMergeSettings("cat", null, null, null));
            merge.checkFit();
            return "%s would be what a search of at most %d merges of %d adapters finds best"
                    .formatted(target, spec.search().trials(), merge.folders().size());
        }
        if (!merge.asPeft()) {
            ModelMerge.Preview preview = ModelMerge.preview(merge.recipe(), target);
            return "%s would have %d tensors, %d bytes".formatted(target, preview.tensors(), preview.bytes());
        }
        AdapterMerge.check(EngineSettings.merge(spec));
        if (!merge.asItIs()) {
            AdapterMerge.check(merge.adapters(), EngineSettings.merge(spec));
        }
        merge.checkFit();
        return "%s would be %s of %d adapters"
                .formatted(
                        target,
                        merge.toModel() ? "a model" : "an adapter",
                        merge.folders().size());
    }

    /** A spec, and the paths of what it names. */
    private record Merge(ModelMergeSpec spec, List<MergeRecipes.Folder> folders, @Nullable Path base) {
        static Merge of(ModelMergeSpec spec, StageInputs inputs) {
            List<MergeRecipes.Folder> folders = new ArrayList<>();
            for (MergeInput input : spec.inputs()) {
                Path path = inputs.path(input.name(), new Source(input.uri(), input.digest()));
                folders.add(new MergeRecipes.Folder(input, path, Files.exists(path.resolve(AdapterConfig.FILE))));
            }
            Merge merge = new Merge(spec, folders, inputs.pathOrNull("base", spec.base()));
            if (merge.toModel() && merge.base() == null) {
                throw InvalidInput.at("merge", "base", "nothing", "the base model, as the output's form is model");
            }
            for (MergeRecipes.Folder folder : folders) {
                if (merge.base() != null && folder.adapter()) {
                    requireBase(folder.path(), inputs);
                }
            }
            return merge;
        }

        /** The merge that a search chose. */
        Merge as(MergeSearchResult.Merge chosen) {
            List<MergeRecipes.Folder> parts = folders.stream()
                    .filter(folder ->
                            chosen.weights().containsKey(folder.input().name()))
                    .map(folder -> new MergeRecipes.Folder(
                            folder.input()
                                    .withWeight(
                                            chosen.weights().get(folder.input().name())),
                            MergeSearchStage.folder(
                                    folder.path(),
                                    chosen.checkpoints().get(folder.input().name())),
                            folder.adapter()))
                    .toList();
            ModelMergeSpec named = new ModelMergeSpec(
                    spec.base(),
                    parts.stream().map(MergeRecipes.Folder::input).toList(),
                    chosen.method(),
                    spec.semantics(),
                    chosen.density(),
                    null,
                    null,
                    spec.output(),
                    spec.execution());
            return new Merge(named, parts, base);
        }

        boolean toModel() {
            return "model".equals(spec.output().form());
        }

        boolean asPeft() {
            return Semantics.PEFT.text().equals(spec.semantics());
        }

        /** Whether one adapter goes into the base as it is: of a weighted sum of one nothing has to be merged first. */
        boolean asItIs() {
            AdapterMergeSettings settings = EngineSettings.merge(spec);
            return toModel()
                    && folders.size() == 1
                    && Objects.equals(spec.inputs().getFirst().weight(), 1.0)
                    && List.of("linear", "cat").contains(settings.method())
                    && settings.dtype() == null;
        }

        /** Checks each adapter against the base where they are to become a model. */
        void checkFit() {
            for (MergeRecipes.Folder folder : toModel() ? folders : List.<MergeRecipes.Folder>of()) {
                AdapterFold.check(Objects.requireNonNull(base), folder.path());
            }
        }

        Recipe recipe() {
            return MergeRecipes.of(spec, folders, base);
        }

        List<AdapterMerge.Input> adapters() {
            return folders.stream()
                    .map(folder -> new AdapterMerge.Input(
                            folder.input().name(),
                            folder.path(),
                            Objects.requireNonNull(folder.input().weight())))
                    .toList();
        }
    }

    /** Merges adapters as PEFT does, and folds the result into the base where there is one. */
    private static MergeReport adapters(Merge merge, StageOutput output, RunSettings run, ProgressListener progress) {
        AdapterMergeSettings settings = EngineSettings.merge(merge.spec());
        if (!merge.toModel()) {
            return AdapterMerge.merge(merge.adapters(), settings, output.payload(), run, progress);
        }
        Path base = Objects.requireNonNull(merge.base());
        if (merge.asItIs()) {
            AdapterMerge.check(settings);
            Path adapter = merge.folders().getFirst().path();
            return AdapterFold.fold(base, adapter, output.payload(), Optional.empty(), progress, run)
                    .merge();
        }
        merge.checkFit();
        Path merged = output.work().resolve("merged-adapter");
        FileTree.discard(merged);
        MergeReport report = AdapterMerge.merge(merge.adapters(), settings, merged, run, notesOf(progress));
        AdapterFold.fold(base, merged, output.payload(), Optional.empty(), progress, run);
        return report;
    }

    /** The merged adapter is a small part of the work: only what is said of it is passed on. */
    private static ProgressListener notesOf(ProgressListener progress) {
        return new ProgressListener() {
            @Override
            public void planned(List<String> notes) {
                progress.planned(notes);
            }

            @Override
            public void advanced(long done, long total) {}
        };
    }

    /** A merge that is stopped continues from its journal. */
    private static void advanced(@Nullable Progress progress, StageContext context) {
        if (progress != null) {
            context.progress().accept(progress);
        }
        context.stop().check();
    }

    /** Digests the base only where there is a digest to compare it with. */
    private static void requireBase(Path adapter, StageInputs inputs) {
        try (AdapterFolder folder = AdapterFolder.open(adapter)) {
            folder.requireBase(() -> inputs.digest("base"));
        }
    }

    private static Map<String, Double> counts(MergeReport report) {
        return new TreeMap<>(Map.of(
                "tensors", (double) report.tensors().size(),
                "kept", (double) report.kept(),
                "cancellations", (double) report.cancellations()));
    }
}
