package dev.lethe.weights.merge;

import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.adapter.AdapterFolder;
import dev.lethe.weights.adapter.LoraModule;
import dev.lethe.weights.file.AtomicDirectory;
import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.FloatBlocks;
import dev.lethe.weights.safetensors.ModelFolder;
import dev.lethe.weights.safetensors.SafetensorsFile;
import dev.lethe.weights.safetensors.SafetensorsWriter;
import dev.lethe.weights.safetensors.ShardIndex;
import dev.lethe.weights.safetensors.TensorInfo;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folds a LoRA adapter into its base model: W' = W + scaling·B·A. The sum runs in float32 and is rounded once to the type
 * of the result, which is what PEFT's {@code merge_and_unload} gives for adapters in float32 (its matrix product adds in
 * another order, so that elements may differ in the last place). Tensors that the adapter does not touch are copied.
 *
 * <p>The base is read block by block from its mapped files and written to the same files of the new folder, so memory
 * holds a block for each thread and never the model. A run that is killed leaves nothing under the target's name; a new
 * run begins anew and gives the same bytes, whatever the number of threads.
 */
public final class Fold {
    /** Elements of a block of rows; rows are never split. */
    private static final long BLOCK_ELEMENTS = 1 << 18;

    private final ModelFolder base;
    private final AdapterFolder adapter;
    private final Optional<Dtype> dtype;
    private final Map<String, LoraModule> updates = new TreeMap<>();
    private final SortedMap<String, TensorInfo> kinds = new TreeMap<>();
    private final AtomicLong doneBytes = new AtomicLong();

    private Fold(ModelFolder base, AdapterFolder adapter, Optional<Dtype> dtype) {
        this.base = base;
        this.adapter = adapter;
        this.dtype = dtype;
        adapter.modules().values().forEach(module -> updates.put(module.baseTensor(), module));
        base.names().forEach(name -> kinds.put(name, kindOfResult(base.info(name))));
    }

    /**
     * What was written.
     *
     * @param folded names of the tensors that changed, sorted
     * @param tensors number of all tensors
     * @param bytes size of all tensors
     */
    public record Report(SortedSet<String> folded, int tensors, long bytes) {}

    /** Folds with one thread for each processor. */
    public static Report fold(Path base, Path adapter, Path target, Optional<Dtype> dtype, Progress progress) {
        return fold(base, adapter, target, dtype, progress, Workers.all());
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
            Path base, Path adapter, Path target, Optional<Dtype> dtype, Progress progress, Workers workers) {
        try (ModelFolder model = ModelFolder.open(base);
                AdapterFolder lora = AdapterFolder.open(adapter)) {
            Fold fold = new Fold(model, lora, dtype);
            fold.check();
            return fold.write(target, progress, workers);
        }
    }

    private TensorInfo kindOfResult(TensorInfo info) {
        return info.dtype().isFloat() ? TensorInfo.of(dtype.orElse(info.dtype()), info.dimensions()) : info;
    }

    private void check() {
        dtype.filter(type -> !type.isFloat()).ifPresent(type -> {
            throw InvalidInput.at("fold", "dtype", type.name(), "F32, F16 or BF16");
        });
        List<String> problems = new ArrayList<>();
        updates.forEach((name, module) -> {
            List<Long> needed = shape(module);
            String found = base.contains(name) ? describe(base.info(name)) : "no such tensor";
            if (!base.contains(name)
                    || !base.info(name).dtype().isFloat()
                    || !base.info(name).dimensions().equals(needed)) {
                String expected = "%s of F32, F16 or BF16, which %s changes".formatted(needed, adapter.folder());
                problems.add(InvalidInput.at(base.folder().toString(), name, found, expected)
                        .getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new InvalidInput(String.join("; ", problems));
        }
        adapter.requireFinite();
    }

    private static String describe(TensorInfo info) {
        return "%s of %s".formatted(info.dimensions(), info.dtype());
    }

    private static List<Long> shape(LoraModule module) {
        long inputs = module.a().info().dimensions().getLast();
        long outputs = module.b().info().dimensions().getFirst();
        return module.embedding() ? List.of(inputs, outputs) : List.of(outputs, inputs);
    }

    private Report write(Path target, Progress progress, Workers workers) {
        long total = kinds.values().stream().mapToLong(TensorInfo::bytes).sum();
        try (AtomicDirectory output = AtomicDirectory.create(target)) {
            output.requireSpace(total);
            base.shards().forEach((name, shard) -> {
                Path file = output.path().resolve(name);
                writeShard(shard, file, done -> progress.advanced(done, total), workers);
            });
            if (base.isSharded()) {
                SortedMap<String, String> files = new TreeMap<>();
                base.shards().forEach((name, shard) -> shard.tensors().keySet().forEach(t -> files.put(t, name)));
                new ShardIndex(files, OptionalLong.of(total)).write(output.path());
            }
            ModelSettings.copy(base.folder(), output.path(), dtype);
            output.commit();
        }
        return new Report(new TreeSet<>(updates.keySet()), kinds.size(), total);
    }

    /** Some rows of a tensor; a tensor of one dimension is one column. */
    private record Rows(String tensor, long first, int count, long width) {}

    private void writeShard(SafetensorsFile shard, Path file, LongConsumer progress, Workers workers) {
        SortedMap<String, TensorInfo> ours = new TreeMap<>(kinds);
        ours.keySet().retainAll(shard.tensors().keySet());
        List<Rows> work = ours.keySet().stream()
                .flatMap(name -> blocks(name, ours.get(name)))
                .toList();
        try (SafetensorsWriter writer =
                SafetensorsWriter.create(file, ours, shard.header().metadata())) {
            workers.map(work, rows -> {
                long bytes = writeRows(rows, writer);
                progress.accept(doneBytes.addAndGet(bytes));
                return bytes;
            });
            writer.commit();
        }
    }

    private static Stream<Rows> blocks(String name, TensorInfo info) {
        long width = info.dimensions().size() < 2 ? 1 : info.dimensions().getLast();
        long rows = width == 0 ? 0 : info.elements() / width;
        long step = Math.max(1, BLOCK_ELEMENTS / Math.max(1, width));
        return LongStream.iterate(0, first -> first < rows, first -> first + step)
                .mapToObj(first -> new Rows(name, first, (int) Math.min(step, rows - first), width));
    }

    /** Writes rows as they are, or converted, or with the adapter's change; returns their bytes. */
    private long writeRows(Rows rows, SafetensorsWriter writer) {
        TensorInfo from = base.info(rows.tensor());
        TensorInfo to = Objects.requireNonNull(kinds.get(rows.tensor()));
        LoraModule module = updates.get(rows.tensor());
        long firstElement = rows.first() * rows.width();
        long elements = rows.count() * rows.width();
        MemorySegment result = module == null && from.dtype() == to.dtype()
                ? slice(base.data(rows.tensor()), from.dtype(), firstElement, elements)
                : computed(rows, module, Math.toIntExact(elements), to.dtype());
        writer.write(rows.tensor(), bytes(to.dtype(), firstElement), result);
        return result.byteSize();
    }

    private MemorySegment computed(Rows rows, @Nullable LoraModule module, int elements, Dtype to) {
        long firstElement = rows.first() * rows.width();
        float[] weights = new float[elements];
        FloatBlocks.read(base.info(rows.tensor()).dtype(), base.data(rows.tensor()), firstElement, weights, elements);
        if (module != null) {
            LowRankUpdate.ofRows(adapter, module, rows.first(), rows.count()).addTo(weights);
        }
        FloatBlocks.requireFinite("fold: " + rows.tensor(), to, weights, elements, firstElement);
        MemorySegment result = MemorySegment.ofArray(new byte[Math.toIntExact(bytes(to, elements))]);
        FloatBlocks.write(to, weights, elements, result, 0);
        return result;
    }

    private static MemorySegment slice(MemorySegment tensor, Dtype dtype, long firstElement, long elements) {
        return tensor.asSlice(bytes(dtype, firstElement), bytes(dtype, elements));
    }

    private static long bytes(Dtype dtype, long elements) {
        return elements * dtype.bits() / Byte.SIZE;
    }
}
