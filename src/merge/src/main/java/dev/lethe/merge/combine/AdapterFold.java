package dev.lethe.merge.combine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.engine.MergePlan;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.MergeRun;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.engine.ShardPlan;
import dev.lethe.merge.engine.TensorTask;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Folds a LoRA adapter into its base model: W' = W + scaling·B·A, with DoRA the rows of that in lengths of their own; see
 * {@link AdaptedModel} for what else an adapter may have. The sum runs in float32 and is rounded once to the type
 * of the result, which is what PEFT's {@code merge_and_unload} gives for adapters in float32 (its matrix product adds in
 * another order, so that elements may differ in the last place). Tensors that the adapter does not touch are copied.
 *
 * <p>The base is read block by block and written to the same files of the new folder, so memory holds a block for each
 * thread and never the model. A run that is cut off continues, and its bytes do not depend on the number of threads.
 */
public final class AdapterFold {
    private static final JsonMapper JSON = new JsonMapper();

    private final ModelFolder base;
    private final AdapterFolder adapter;
    private final Optional<Dtype> dtype;
    private final AdaptedModel adapted;

    private AdapterFold(ModelFolder base, AdapterFolder adapter, Optional<Dtype> dtype) {
        this.base = base;
        this.adapter = adapter;
        this.dtype = dtype;
        this.adapted = new AdaptedModel(base, adapter, AdaptedModel.config(base.folder()));
    }

    /**
     * What was written.
     *
     * @param folded names of the tensors that changed, sorted
     * @param merge all tensors
     */
    public record Report(SortedSet<String> folded, MergeReport merge) {}

    /** Folds with one thread for each processor. */
    public static Report fold(Path base, Path adapter, Path target, Optional<Dtype> dtype, ProgressListener progress) {
        int threads = Runtime.getRuntime().availableProcessors();
        return fold(base, adapter, target, dtype, progress, RunSettings.of(threads));
    }

    /**
     * Folds an adapter into a base model and writes a model folder with the base's settings and tokenizer.
     *
     * @param target folder that does not exist yet
     * @param dtype type of the floating-point tensors of the result; empty keeps that of each tensor of the base
     * @throws InvalidInput where base or adapter is wrong, they do not fit together, a result is not finite, or the
     *     target cannot hold it. Whether the adapter was trained on this very base is for the caller to compare, see
     *     {@link AdapterFolder#baseDigest}
     */
    public static Report fold(
            Path base,
            Path adapter,
            Path target,
            Optional<Dtype> dtype,
            ProgressListener progress,
            RunSettings settings) {
        try (ModelFolder model = ModelFolder.open(base);
                AdapterFolder lora = AdapterFolder.open(adapter)) {
            AdapterFold fold = new AdapterFold(model, lora, dtype);
            fold.check();
            MergePlan plan = fold.plan();
            MergeRun.requireSpace(plan, target);
            progress.planned(plan.notes());
            return new Report(fold.adapted.changed(), MergeRun.run(plan, target, settings, progress));
        }
    }

    /** @throws InvalidInput where base or adapter is wrong, or they do not fit together */
    public static void check(Path base, Path adapter) {
        try (ModelFolder model = ModelFolder.open(base);
                AdapterFolder lora = AdapterFolder.open(adapter)) {
            new AdapterFold(model, lora, Optional.empty()).check();
        }
    }

    private void check() {
        dtype.filter(type -> !type.isFloat()).ifPresent(type -> {
            throw InvalidInput.at("fold", "dtype", type.name(), "F32, F16 or BF16");
        });
        if (!adapted.problems().isEmpty()) {
            throw new InvalidInput(String.join("; ", adapted.problems()));
        }
        ModelSettings.check(base.folder());
        adapter.requireFinite();
    }

    /** The shape of the weight that a module changes. */
    static List<Long> shape(LoraModule module) {
        long inputs = module.a().info().dimensions().getLast();
        long outputs = module.b().info().dimensions().getFirst();
        return module.embedding() ? List.of(inputs, outputs) : List.of(outputs, inputs);
    }

    private MergePlan plan() {
        SortedMap<String, TensorTask> tasks = new TreeMap<>();
        SortedMap<String, SortedMap<String, TensorInfo>> files = new TreeMap<>();
        SortedMap<String, Map<String, String>> metadata = new TreeMap<>();
        base.shards().forEach((file, shard) -> {
            SortedMap<String, TensorInfo> infos = new TreeMap<>();
            shard.tensors().forEach((name, info) -> {
                if (base.contains(name)) { // else a buffer, which is no weight
                    tasks.put(name, task(name));
                    infos.put(name, tasks.get(name).info());
                }
            });
            files.put(file, infos);
            metadata.put(file, shard.header().metadata());
        });
        adapted.ownHead().ifPresent(head -> {
            tasks.put(head, task(head));
            files.lastEntry().getValue().put(head, tasks.get(head).info());
        });
        List<SafetensorsFile> read = new ArrayList<>(base.shards().values());
        read.add(adapter.file());
        SortedMap<String, Path> folders = new TreeMap<>(Map.of("base", base.folder(), "adapter", adapter.folder()));
        ObjectNode configuration = JSON.createObjectNode();
        configuration.put("method", "fold");
        configuration.put("dtype", dtype.map(Dtype::name).orElse(null));
        return new MergePlan(
                tasks,
                new ShardPlan(files, base.isSharded(), metadata),
                read,
                folders,
                configuration.toString(),
                null,
                folder -> ModelSettings.copy(base.folder(), folder, dtype, changes()),
                Stream.concat(base.warnings().stream(), adapter.notes().stream())
                        .toList());
    }

    private Map<String, ?> changes() {
        return adapted.unties() ? Map.of("tie_word_embeddings", false) : Map.of();
    }

    private TensorTask task(String name) {
        TensorInfo info = adapted.info(name);
        Dtype type = info.dtype().isFloat() ? dtype.orElse(info.dtype()) : info.dtype();
        return type == info.dtype() && !adapted.changed().contains(name)
                ? new TensorTask.Copy(base.file(name), info)
                : TensorTask.Merge.passthrough(name, type, adapted.source(name), List.of("base"));
    }
}
