package dev.lethe.cli.worker;

import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.Source;
import dev.lethe.api.status.Progress;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.RefusedInput;
import dev.lethe.weights.adapter.AdapterFolder;
import dev.lethe.weights.merge.AdapterMerge;
import dev.lethe.weights.merge.Fold;
import dev.lethe.weights.merge.MergeManifest;
import dev.lethe.weights.merge.MergeSettings;
import dev.lethe.weights.merge.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Merges adapters, and folds the result into the base where a model is asked for. */
final class MergeStage {
    private MergeStage() {}

    static Made merge(ModelMergeSpec spec, Inputs inputs, StageOutput output, Surroundings around) {
        MergeSettings settings = EngineSettings.merge(
                Objects.requireNonNull(spec.method()), spec.semantics(), spec.density(), spec.majoritySign());
        List<AdapterMerge.Input> adapters = new ArrayList<>();
        for (MergeInput input : spec.inputs()) {
            Path path = inputs.path(input.name(), new Source(input.uri(), input.digest()));
            adapters.add(new AdapterMerge.Input(input.name(), path, Objects.requireNonNull(input.weight())));
        }
        boolean folded = "model".equals(spec.output().form());
        if (folded && spec.base() == null) {
            throw InvalidInput.at("merge", "base", "nothing", "the base model, as the output's form is model");
        }
        Path base = inputs.pathOrNull("base", spec.base());
        if (base != null) {
            adapters.forEach(adapter -> requireBase(adapter.path(), inputs.digest("base")));
        }
        output.begin();
        around.stop().check();
        Workers workers = new Workers(around.threads());
        Path merged = folded ? output.work().resolve("merged-adapter") : output.payload();
        StageOutput.delete(merged);
        MergeManifest manifest = AdapterMerge.merge(adapters, settings, merged, workers);
        if (folded) {
            Pace pace = new Pace("bytes");
            Fold.fold(
                    Objects.requireNonNull(base),
                    merged,
                    output.payload(),
                    Optional.empty(),
                    (done, total) -> advanced(pace.at(done, total), around),
                    workers);
        }
        return Made.of(folded ? "model" : "adapter", counts(manifest));
    }

    /** A merge that is stopped begins anew: it takes seconds to minutes. */
    private static void advanced(Progress progress, Surroundings around) {
        around.progress().accept(progress);
        around.stop().check();
    }

    private static void requireBase(Path adapter, String base) {
        try (AdapterFolder folder = AdapterFolder.open(adapter)) {
            folder.baseDigest().filter(trainedOn -> !trainedOn.equals(base)).ifPresent(trainedOn -> {
                throw RefusedInput.at(adapter.toString(), "base model", base, trainedOn + ", which it was trained on");
            });
        }
    }

    private static Map<String, Double> counts(MergeManifest manifest) {
        Map<String, Double> counts = new TreeMap<>();
        counts.put("tensors", (double) manifest.tensors().size());
        counts.put("kept", (double) manifest.tensors().stream()
                .flatMap(tensor -> tensor.kept().stream())
                .mapToLong(Long::longValue)
                .sum());
        counts.put("cancellations", (double) manifest.tensors().stream()
                .mapToLong(MergeManifest.Tensor::cancellations)
                .sum());
        return counts;
    }
}
