package dev.lethe.merge.combine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.adapter.LoraModule.Factor;
import dev.lethe.merge.adapter.TargetModules;
import dev.lethe.merge.adapter.WholeTensor;
import dev.lethe.merge.engine.MergePlan;
import dev.lethe.merge.engine.ShardPlan;
import dev.lethe.merge.engine.StoredTensor;
import dev.lethe.merge.engine.TensorTask;
import dev.lethe.merge.engine.WorkerThreads;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.TensorInfo;
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

/** Plans the merge of several adapters into one. */
final class AdapterMergePlanner {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<AdapterMerge.Input> inputs;
    private final List<AdapterFolder> adapters;
    private final AdapterMergeMethod method;
    private final WorkerThreads workers;

    AdapterMergePlanner(
            List<AdapterMerge.Input> inputs,
            List<AdapterFolder> adapters,
            AdapterMergeMethod method,
            WorkerThreads workers) {
        this.inputs = inputs;
        this.adapters = adapters;
        this.method = method;
        this.workers = workers;
    }

    /** One adapter's part in a module, by the name that the user gave. */
    private record Named(String name, SvdMerge.WeightedModule part) {}

    MergePlan plan() {
        SortedMap<String, TensorTask> tasks = new TreeMap<>();
        for (Map<String, TensorTask> module : workers.map(List.copyOf(modulePaths()), path -> tasks(parts(path)))) {
            tasks.putAll(module);
        }
        for (AdapterFolder adapter : adapters) {
            adapter.wholes().values().forEach(whole -> tasks.putIfAbsent(name(whole), copy(adapter, whole)));
        }
        SortedMap<String, TensorInfo> infos = MergePlan.infos(tasks);
        SortedMap<String, Path> folders = new TreeMap<>();
        inputs.forEach(input -> folders.put(input.name(), input.path()));
        return new MergePlan(
                tasks,
                ShardPlan.of("adapter_model", infos, Long.MAX_VALUE, metadata()),
                adapters.stream().map(AdapterFolder::file).toList(),
                folders,
                configuration(),
                null,
                folder -> config(infos).write(folder),
                adapters.stream().flatMap(adapter -> adapter.notes().stream()).toList());
    }

    /** Those that several have are equal. */
    private static TensorTask copy(AdapterFolder adapter, WholeTensor whole) {
        return new TensorTask.Copy(adapter.file(), whole.info());
    }

    /** As PEFT writes it: of an adapted module with the layer that it wraps. */
    private String name(WholeTensor whole) {
        return whole.savedName(modulePaths().contains(whole.module()));
    }

    private SortedSet<String> modulePaths() {
        SortedSet<String> paths = new TreeSet<>();
        adapters.forEach(adapter -> paths.addAll(adapter.modules().keySet()));
        return paths;
    }

    private List<Named> parts(String path) {
        List<Named> parts = new ArrayList<>();
        for (int i = 0; i < adapters.size(); i++) {
            LoraModule module = adapters.get(i).modules().get(path);
            if (module != null) {
                AdapterMerge.Input input = inputs.get(i);
                parts.add(
                        new Named(input.name(), new SvdMerge.WeightedModule(adapters.get(i), module, input.weight())));
            }
        }
        return parts;
    }

    private Map<String, TensorTask> tasks(List<Named> named) {
        List<SvdMerge.WeightedModule> parts = named.stream().map(Named::part).toList();
        List<String> names = named.stream().map(Named::name).toList();
        return switch (method.kind()) {
            case FACTORS ->
                Map.of(name(parts, true), factor(parts, names, true), name(parts, false), factor(parts, names, false));
            case CAT ->
                Map.of(name(parts, true), joined(parts, names, true), name(parts, false), joined(parts, names, false));
            case SVD -> decomposed(parts, names);
        };
    }

    private static String name(List<SvdMerge.WeightedModule> parts, boolean ofA) {
        return parts.getFirst().module().tensorName(ofA ? 'A' : 'B');
    }

    private static Factor factor(SvdMerge.WeightedModule part, boolean ofA) {
        return ofA ? part.module().a() : part.module().b();
    }

    private static TensorSource source(SvdMerge.WeightedModule part, boolean ofA) {
        return new StoredTensor(part.adapter().file(), factor(part, ofA).info());
    }

    private TensorTask factor(List<SvdMerge.WeightedModule> parts, List<String> names, boolean ofA) {
        String tensor = name(parts, ofA);
        List<List<Long>> shapes = parts.stream()
                .map(part -> factor(part, ofA).info().dimensions())
                .toList();
        if (shapes.stream().distinct().count() != 1) {
            throw InvalidInput.at(tensor, "shape", shapes.toString(), "the same shape and rank in every input");
        }
        double[] weights = parts.stream()
                .mapToDouble(part -> part(part.weight() * part.module().scaling(), ofA))
                .toArray();
        List<TensorSource> sources =
                parts.stream().map(part -> source(part, ofA)).toList();
        TensorGroup group = new TensorGroup(
                tensor, shapes.getFirst(), null, sources, method.options(weights), Dtype.F32, method.seed());
        return new TensorTask.Merge(TensorInfo.of(dtype(), shapes.getFirst()), method.tensors(), group, names);
    }

    /** A is weighted with sgn(s)·√|s| and B with √|s|, as in PEFT. */
    private static double part(double s, boolean ofA) {
        double root = Math.sqrt(Math.abs(s));
        return ofA && s < 0 ? -root : root;
    }

    private TensorTask joined(List<SvdMerge.WeightedModule> parts, List<String> names, boolean ofA) {
        int axis = ofA ? LoraModule.RANK_AXIS_OF_A : LoraModule.RANK_AXIS_OF_B;
        List<Long> shape = new ArrayList<>(factor(parts.getFirst(), ofA).info().dimensions());
        shape.set(axis, parts.stream().mapToLong(part -> part.module().rank()).sum());
        List<ConcatenatedTensor.Part> joined = parts.stream()
                .map(part -> new ConcatenatedTensor.Part(
                        source(part, ofA),
                        ofA ? (float) (part.weight() * part.module().scaling()) : 1))
                .toList();
        ConcatenatedTensor source = new ConcatenatedTensor(TensorInfo.of(Dtype.F32, shape), axis, joined);
        return copy(name(parts, ofA), source, names);
    }

    private Map<String, TensorTask> decomposed(List<SvdMerge.WeightedModule> parts, List<String> names) {
        Integer asked = method.settings().rank();
        int rank = asked != null
                ? asked
                : parts.stream().mapToInt(part -> part.module().rank()).max().orElseThrow();
        boolean sum = method.tensors().signature().name().equals("linear");
        TruncatedSvd svd = sum ? SvdMerge.ofSum(parts, rank) : SvdMerge.ofMerge(parts, method, rank);
        Double clamp = method.settings().clamp();
        TruncatedSvd factors = clamp == null ? svd : svd.clamped(clamp);
        ArrayTensor a = ArrayTensor.matrix(rank, factors.a().length / rank, FloatBlocks.floats(factors.a()));
        ArrayTensor b = ArrayTensor.matrix(factors.b().length / rank, rank, FloatBlocks.floats(factors.b()));
        String nameOfA = name(parts, true);
        String nameOfB = name(parts, false);
        return Map.of(nameOfA, copy(nameOfA, a, names), nameOfB, copy(nameOfB, b, names));
    }

    private TensorTask copy(String tensor, TensorSource source, List<String> names) {
        return TensorTask.Merge.passthrough(tensor, dtype(), source, names);
    }

    /** PEFT loads 16-bit adapters as float32, and so saves what it makes of them. */
    private Dtype dtype() {
        return Objects.requireNonNullElse(method.settings().dtype(), Dtype.F32);
    }

    /** Scaling 1 everywhere: alpha is the rank, by pattern where a module's rank is not the largest. */
    private AdapterConfig config(SortedMap<String, TensorInfo> infos) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        for (AdapterFolder adapter : adapters) {
            adapter.modules().forEach((path, module) -> ranks.put(path, rank(infos, module)));
        }
        int rank = Collections.max(ranks.values());
        ranks.values().removeIf(other -> other == rank);
        SortedMap<String, Double> alphas = new TreeMap<>();
        ranks.forEach((path, other) -> alphas.put(path, (double) other));
        List<TargetModules> targets = adapters.stream()
                .map(adapter -> adapter.config().targetModules())
                .toList();
        AdapterConfig first = adapters.getFirst().config();
        return new AdapterConfig(
                rank,
                rank,
                first.dropout(),
                TargetModules.union(targets, modulePaths()),
                modulesToSave(),
                false,
                false,
                ranks,
                alphas,
                first.bias(),
                first.baseModel(),
                first.taskType());
    }

    /** Those that the settings name, and those of whose tensors only the names say it. */
    private SortedSet<String> modulesToSave() {
        SortedSet<String> names = new TreeSet<>();
        for (AdapterFolder adapter : adapters) {
            names.addAll(adapter.config().modulesToSave());
            adapter.wholes().values().stream()
                    .filter(whole -> whole.trained() && !adapter.config().saves(whole.module()))
                    .forEach(whole -> names.add(whole.module()));
        }
        return names;
    }

    private static int rank(SortedMap<String, TensorInfo> infos, LoraModule module) {
        TensorInfo a = Objects.requireNonNull(infos.get(module.tensorName('A')));
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

    private String configuration() {
        ObjectNode json = JSON.createObjectNode();
        AdapterMergeSettings settings = method.settings();
        json.put("method", Methods.canonical(settings.method()));
        json.put("semantics", Semantics.PEFT.text());
        json.put("density", settings.density());
        json.put(
                "majoritySign",
                settings.majoritySign() == null ? null : settings.majoritySign().text());
        json.put("dtype", settings.dtype() == null ? null : settings.dtype().name());
        json.put("rank", settings.rank());
        json.put("clamp", settings.clamp());
        json.put("seed", settings.seed());
        ObjectNode weights = json.putObject("weights");
        inputs.forEach(input -> weights.put(input.name(), input.weight()));
        return json.toString();
    }
}
