package dev.lethe.merge.compare;

import dev.lethe.merge.engine.StoredTensor;
import dev.lethe.merge.engine.WorkerThreads;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.Scan;
import dev.lethe.merge.method.Similarity;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How two models differ, tensor by tensor; as task vectors where a base is given.
 *
 * @param tensors that both have as numbers of one shape
 * @param others names of the rest, each with the reason
 */
public record Comparison(SortedMap<String, Similarity> tensors, List<String> others) {
    /**
     * Compares two models block by block.
     *
     * @param density share of elements that a trim would keep, for the overlap
     */
    public static Comparison of(Path first, Path second, @Nullable Path base, double density, int threads) {
        try (ModelFolder a = ModelFolder.open(first);
                ModelFolder b = ModelFolder.open(second);
                ModelFolder from = base == null ? null : ModelFolder.open(base);
                WorkerThreads workers = new WorkerThreads(threads)) {
            TreeSet<String> names = new TreeSet<>(a.names());
            names.addAll(b.names());
            List<String> others = new ArrayList<>();
            List<String> comparable = new ArrayList<>();
            for (String name : names) {
                String reason = reason(name, a, b, from);
                if (reason == null) {
                    comparable.add(name);
                } else {
                    others.add(name + ": " + reason);
                }
            }
            List<Similarity> found =
                    workers.map(comparable, name -> Similarity.of(group(name, a, b, from), density, Scan.SEQUENTIAL));
            SortedMap<String, Similarity> tensors = new TreeMap<>();
            for (int i = 0; i < found.size(); i++) {
                tensors.put(comparable.get(i), found.get(i));
            }
            return new Comparison(tensors, others);
        }
    }

    /** Why a tensor cannot be compared, or null. */
    private static @Nullable String reason(String name, ModelFolder a, ModelFolder b, @Nullable ModelFolder base) {
        if (!a.contains(name) || !b.contains(name)) {
            return "only in " + (a.contains(name) ? a : b).folder();
        }
        if (base != null && !base.contains(name)) {
            return "not in " + base.folder();
        }
        if (!a.info(name).dimensions().equals(b.info(name).dimensions())
                || (base != null
                        && !base.info(name).dimensions().equals(a.info(name).dimensions()))) {
            return "of different shapes";
        }
        boolean numbers = a.info(name).dtype().isMergeable()
                && b.info(name).dtype().isMergeable()
                && (base == null || base.info(name).dtype().isMergeable());
        return numbers ? null : "not numbers of F32, F16, BF16 or F64";
    }

    private static TensorGroup group(String name, ModelFolder a, ModelFolder b, @Nullable ModelFolder base) {
        return new TensorGroup(
                name,
                a.info(name).dimensions(),
                base == null ? null : source(base, name),
                List.of(source(a, name), source(b, name)),
                new Options(Map.of(), List.of()),
                Dtype.F32,
                0);
    }

    private static TensorSource source(ModelFolder model, String name) {
        return new StoredTensor(model.file(name), model.info(name));
    }
}
