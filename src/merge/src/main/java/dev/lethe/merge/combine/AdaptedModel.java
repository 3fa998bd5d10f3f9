package dev.lethe.merge.combine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.adapter.LoraModule;
import dev.lethe.merge.adapter.WholeTensor;
import dev.lethe.merge.engine.CastTensor;
import dev.lethe.merge.engine.StoredTensor;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.ModelFolder;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A base model as an adapter changes it. What the adapter's tensors say is done in two steps: copies of the base's tensors
 * that differ from them take their place, as when PEFT loads the adapter; then modules are adapted, or replaced where they
 * were trained whole. A head that shares the embedding's tensor is a module of its own: where one of the two is adapted,
 * the result has both.
 */
public final class AdaptedModel {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BLOCK = 1 << 16;

    private final ModelFolder base;
    private final AdapterFolder adapter;
    private final SortedMap<String, LoraModule> modules = new TreeMap<>();
    private final SortedMap<String, WholeTensor> wholes = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final boolean tied;
    private final Optional<String> sharedHead;
    private final SortedSet<String> changed;

    /** @param config config.json of the base */
    public AdaptedModel(ModelFolder base, AdapterFolder adapter, JsonNode config) {
        this.base = base;
        this.adapter = adapter;
        this.tied = TokenTensors.tied(config);
        this.sharedHead = tied ? sharedHead() : Optional.empty();
        adapter.modules().values().forEach(module -> modules.put(module.baseTensor(), module));
        modules.forEach(this::check);
        adapter.wholes().values().stream().filter(this::changes).forEach(whole -> wholes.put(whole.tensor(), whole));
        SortedSet<String> names = new TreeSet<>(modules.keySet());
        names.addAll(wholes.keySet());
        ownHead().ifPresent(head -> names.add(head));
        this.changed = Collections.unmodifiableSortedSet(names);
    }

    /** config.json of a folder; empty where there is none. */
    public static JsonNode config(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return Files.isRegularFile(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** What does not fit between base and adapter, one line each. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Names of the tensors that the result has otherwise than the base, sorted; a head of its own is one. */
    public SortedSet<String> changed() {
        return changed;
    }

    /** The head that the result has of its own, where the base's is its embedding. */
    public Optional<String> ownHead() {
        return sharedHead.filter(head -> isAdapted(head)
                || wholes.containsKey(head)
                || TokenTensors.embedding(base.names()).filter(this::isAdapted).isPresent());
    }

    /** Whether head and embedding, which are one in the base, are two in the result. */
    public boolean unties() {
        boolean repeated = sharedHead.isEmpty(); // the base's files have the head once more
        return tied
                && changed.stream()
                        .anyMatch(name -> TokenTensors.isHead(name) || (repeated && TokenTensors.isEmbedding(name)));
    }

    private boolean isAdapted(String tensor) {
        return modules.containsKey(tensor)
                || (wholes.containsKey(tensor) && wholes.get(tensor).trained());
    }

    /** Type and shape of a tensor of the result. */
    public TensorInfo info(String tensor) {
        return base.info(inBase(tensor).orElse(tensor));
    }

    /** A tensor of the result. */
    public TensorSource source(String tensor) {
        WholeTensor whole = wholes.get(tensor);
        TensorSource before = whole == null ? loaded(inBase(tensor).orElse(tensor)) : stored(whole);
        LoraModule module = modules.get(tensor);
        return module == null ? before : AdaptedTensor.of(before, adapter, module);
    }

    /** The base's tensor once the adapter is loaded and nothing is adapted. */
    private TensorSource loaded(String tensor) {
        WholeTensor whole = wholes.get(tensor);
        return whole == null || whole.trained()
                ? new StoredTensor(base.file(tensor), base.info(tensor))
                : stored(whole);
    }

    /** In the type of the base, as PEFT loads it. */
    private TensorSource stored(WholeTensor whole) {
        return CastTensor.of(
                new StoredTensor(adapter.file(), whole.info()),
                info(whole.tensor()).dtype());
    }

    /** The base's tensor that stands for one of the result: for a shared head the embedding. */
    private Optional<String> inBase(String tensor) {
        return base.contains(tensor)
                ? Optional.of(tensor)
                : sharedHead.filter(tensor::equals).flatMap(head -> TokenTensors.embedding(base.names()));
    }

    /** What the adapter calls the head that the base does not have. */
    private Optional<String> sharedHead() {
        if (base.names().stream().anyMatch(TokenTensors::isHead)
                || TokenTensors.embedding(base.names()).isEmpty()) {
            return Optional.empty();
        }
        return Stream.concat(
                        Stream.concat(
                                adapter.modules().values().stream().map(LoraModule::baseTensor),
                                adapter.wholes().keySet().stream()),
                        Stream.of(TokenTensors.HEAD))
                .filter(TokenTensors::isHead)
                .findFirst();
    }

    private void check(String tensor, LoraModule module) {
        List<Long> needed = AdapterFold.shape(module);
        Optional<TensorInfo> found = inBase(tensor).map(base::info);
        if (found.filter(info -> info.dtype().isFloat() && info.dimensions().equals(needed))
                .isEmpty()) {
            String expected = "%s of F32, F16 or BF16, which %s changes".formatted(needed, adapter.folder());
            problem(base.folder().toString(), tensor, found, expected);
        }
    }

    /** Whether a tensor is not just the base's; where it does not fit the base that is a problem. */
    private boolean changes(WholeTensor whole) {
        Optional<TensorInfo> inBase = inBase(whole.tensor()).map(base::info);
        if (inBase.filter(info -> info.dimensions().equals(whole.info().dimensions()))
                .isEmpty()) {
            problem(
                    base.folder().toString(),
                    whole.tensor(),
                    inBase,
                    "%s as %s has it whole".formatted(describe(whole.info()), adapter.folder()));
            return false;
        }
        String tensor = inBase(whole.tensor()).orElseThrow();
        return !same(new StoredTensor(base.file(tensor), base.info(tensor)), stored(whole));
    }

    /** Whether two tensors of one shape have the same numbers, whatever their types. */
    static boolean same(TensorSource one, TensorSource other) {
        float[] a = new float[(int) Math.min(BLOCK, one.size())];
        float[] b = new float[a.length];
        for (long first = 0; first < one.size(); first += a.length) {
            int count = (int) Math.min(a.length, one.size() - first);
            one.read(first, a, count);
            other.read(first, b, count);
            if (!Arrays.equals(a, 0, count, b, 0, count)) {
                return false;
            }
        }
        return true;
    }

    private void problem(String where, String tensor, Optional<TensorInfo> found, String expected) {
        String said = found.map(AdaptedModel::describe).orElse("no such tensor");
        problems.add(InvalidInput.at(where, tensor, said, expected).getMessage());
    }

    private static String describe(TensorInfo info) {
        return "%s of %s".formatted(info.dimensions(), info.dtype());
    }
}
