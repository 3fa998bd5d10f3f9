package dev.lethe.weights.merge;

import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.adapter.AdapterConfig;
import dev.lethe.weights.adapter.AdapterFolder;
import dev.lethe.weights.adapter.LoraModule;
import dev.lethe.weights.adapter.LoraModule.Factor;
import dev.lethe.weights.digest.Digest;
import dev.lethe.weights.file.AtomicDirectory;
import dev.lethe.weights.merge.MergeMethod.FactorWeights;
import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.FloatBlocks;
import dev.lethe.weights.safetensors.Header;
import dev.lethe.weights.safetensors.SafetensorsWriter;
import dev.lethe.weights.safetensors.TensorInfo;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Merges LoRA adapters of one base model into one adapter. A module that only some adapters have is merged of those; the
 * result has scaling 1 (alpha equals rank), because the scalings went into the weights. The bytes do not depend on the
 * number of threads.
 *
 * <p>Where PEFT goes wrong in silence this does not follow: rsLoRA is not inherited by the result, a single adapter is
 * merged by the method that was asked for, and variants that are not plain LoRA are refused.
 */
public final class AdapterMerge {
    /**
     * One adapter to merge.
     *
     * @param name what the user calls it, for errors and the manifest
     * @param path its folder
     * @param weight what it counts; negative subtracts
     */
    public record Input(String name, Path path, double weight) {}

    private final List<Input> inputs;
    private final List<AdapterFolder> adapters;
    private final MergeMethod method;
    private final MergeSettings settings;

    private AdapterMerge(List<Input> inputs, List<AdapterFolder> adapters, MergeMethod method, MergeSettings settings) {
        this.inputs = inputs;
        this.adapters = adapters;
        this.method = method;
        this.settings = settings;
    }

    /** Merges with one thread for each processor. */
    public static MergeManifest merge(List<Input> inputs, MergeSettings settings, Path target) {
        return merge(inputs, settings, target, Workers.all());
    }

    /**
     * Merges adapters and writes an adapter folder, complete or not at all.
     *
     * @param target folder that does not exist yet
     * @throws InvalidInput where settings, an adapter or the adapters together are wrong (other base, other shapes or,
     *     for methods that need equal ones, ranks; NaN or infinities), before anything is written
     */
    public static MergeManifest merge(List<Input> inputs, MergeSettings settings, Path target, Workers workers) {
        MergeMethod method = MergeMethod.of(settings);
        List<AdapterFolder> adapters = new ArrayList<>();
        try {
            inputs.forEach(input -> adapters.add(AdapterFolder.open(input.path())));
            AdapterMergeChecks.check(inputs, adapters);
            return new AdapterMerge(inputs, adapters, method, settings).write(target, workers);
        } finally {
            adapters.forEach(AdapterFolder::close);
        }
    }

    /**
     * One tensor of the result.
     *
     * @param names of the inputs that have it
     * @param parts the tensors to merge, in the same order
     */
    private record Task(String tensor, TensorInfo kind, int rankAxis, List<String> names, List<WeightedTensor> parts) {}

    private MergeManifest write(Path target, Workers workers) {
        SortedMap<String, Task> tasks = plan();
        SortedMap<String, TensorInfo> kinds = new TreeMap<>();
        tasks.forEach((name, task) -> kinds.put(name, task.kind()));
        try (AtomicDirectory output = AtomicDirectory.create(target)) {
            Path weights = output.path().resolve(AdapterFolder.WEIGHTS);
            List<MergeManifest.Tensor> tensors = writeWeights(weights, kinds, List.copyOf(tasks.values()), workers);
            config(kinds).write(output.path());
            String digest = Digest.ofFolder(output.path());
            output.commit();
            return new MergeManifest(settings, manifestInputs(), tensors, digest);
        }
    }

    private List<MergeManifest.Tensor> writeWeights(
            Path file, SortedMap<String, TensorInfo> kinds, List<Task> tasks, Workers workers) {
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, kinds, metadata())) {
            List<MergeManifest.Tensor> tensors = workers.map(tasks, task -> mergeTensor(task, writer));
            writer.commit();
            return tensors;
        }
    }

    private SortedMap<String, Task> plan() {
        SortedMap<String, Task> tasks = new TreeMap<>();
        for (String path : modulePaths()) {
            Task a = task(path, LoraModule::a, FactorWeights::a, LoraModule.RANK_AXIS_OF_A);
            Task b = task(path, LoraModule::b, FactorWeights::b, LoraModule.RANK_AXIS_OF_B);
            tasks.put(a.tensor(), a);
            tasks.put(b.tensor(), b);
        }
        return tasks;
    }

    private SortedSet<String> modulePaths() {
        return adapters.stream()
                .flatMap(adapter -> adapter.modules().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Task task(
            String path, Function<LoraModule, Factor> factorOf, ToDoubleFunction<FactorWeights> weightOf, int axis) {
        List<Factor> factors = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<WeightedTensor> parts = new ArrayList<>();
        for (int i = 0; i < adapters.size(); i++) {
            LoraModule module = adapters.get(i).modules().get(path);
            if (module != null) {
                Factor factor = factorOf.apply(module);
                FactorWeights weights = method.split(inputs.get(i).weight() * module.scaling());
                MemorySegment data = adapters.get(i).data(factor);
                factors.add(factor);
                names.add(inputs.get(i).name());
                parts.add(new WeightedTensor(factor.info(), data, (float) weightOf.applyAsDouble(weights)));
            }
        }
        List<List<Long>> shapes =
                factors.stream().map(f -> f.info().dimensions()).toList();
        String name = factors.getFirst().tensor();
        TensorInfo kind = TensorInfo.of(dtype(factors.getFirst()), method.mergedShape(name, shapes, axis));
        return new Task(name, kind, axis, names, parts);
    }

    private Dtype dtype(Factor first) {
        return settings.dtype() == null ? first.info().dtype() : settings.dtype();
    }

    private MergeManifest.Tensor mergeTensor(Task task, SafetensorsWriter writer) {
        TensorMerge merge = method.prepare(task.parts(), task.rankAxis());
        Dtype dtype = task.kind().dtype();
        int elementBytes = dtype.bits() / Byte.SIZE;
        float[] merged = new float[TensorMerge.BLOCK];
        byte[] bytes = new byte[TensorMerge.BLOCK * elementBytes];
        long cancellations = 0;
        for (long first = 0; first < task.kind().elements(); first += TensorMerge.BLOCK) {
            int count = (int) Math.min(TensorMerge.BLOCK, task.kind().elements() - first);
            cancellations += merge.merge(first, count, merged);
            FloatBlocks.requireFinite("merge: " + task.tensor(), dtype, merged, count, first);
            MemorySegment block = MemorySegment.ofArray(bytes).asSlice(0, (long) count * elementBytes);
            FloatBlocks.write(dtype, merged, count, block, 0);
            writer.write(task.tensor(), first * elementBytes, block);
        }
        List<Long> shape = task.kind().dimensions();
        return new MergeManifest.Tensor(
                task.tensor(), dtype, shape, task.names(), merge.kept(), merge.ties(), cancellations);
    }

    /** Scaling 1 everywhere: alpha is the rank, by pattern where a module's rank is not the largest. */
    private AdapterConfig config(SortedMap<String, TensorInfo> kinds) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        for (AdapterFolder adapter : adapters) {
            adapter.modules().forEach((path, module) -> ranks.put(path, rank(kinds, module)));
        }
        int rank = Collections.max(ranks.values());
        ranks.values().removeIf(other -> other == rank);
        SortedMap<String, Double> alphas = new TreeMap<>();
        ranks.forEach((path, other) -> alphas.put(path, (double) other));
        SortedSet<String> targets = new TreeSet<>();
        adapters.forEach(adapter -> targets.addAll(adapter.config().targetModules()));
        AdapterConfig first = adapters.getFirst().config();
        return new AdapterConfig(
                rank,
                rank,
                first.dropout(),
                targets,
                false,
                ranks,
                alphas,
                first.bias(),
                first.baseModel(),
                first.taskType());
    }

    private static int rank(SortedMap<String, TensorInfo> kinds, LoraModule module) {
        TensorInfo a = Objects.requireNonNull(kinds.get(module.a().tensor()));
        return a.dimensions().get(LoraModule.RANK_AXIS_OF_A).intValue();
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>(Header.PYTORCH);
        adapters.stream()
                .flatMap(adapter -> adapter.baseDigest().stream())
                .findFirst()
                .ifPresent(digest -> metadata.put(AdapterFolder.BASE_DIGEST, digest));
        return metadata;
    }

    private List<MergeManifest.Input> manifestInputs() {
        return inputs.stream()
                .map(input -> new MergeManifest.Input(input.name(), Digest.ofFolder(input.path()), input.weight()))
                .toList();
    }
}
