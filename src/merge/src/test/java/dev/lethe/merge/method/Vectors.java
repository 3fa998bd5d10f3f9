package dev.lethe.merge.method;

import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs methods on vectors, for tests. */
public final class Vectors {
    private final String method;
    private final Semantics semantics;
    private final Map<String, Object> shared = new HashMap<>();
    private final Map<String, List<?>> each = new HashMap<>();
    private final List<TensorSource> inputs = new ArrayList<>();
    private TensorSource base;
    private Dtype work = Dtype.F32;
    private List<Long> shape = List.of();
    private long seed;

    private Vectors(String method, Semantics semantics) {
        this.method = method;
        this.semantics = semantics;
    }

    public static Vectors of(String method, Semantics semantics) {
        return new Vectors(method, semantics);
    }

    public Vectors with(String option, Object value) {
        shared.put(option, value);
        return this;
    }

    public Vectors each(String option, List<?> values) {
        each.put(option, values);
        return this;
    }

    public Vectors work(Dtype dtype) {
        work = dtype;
        return this;
    }

    public Vectors seed(long number) {
        seed = number;
        return this;
    }

    public Vectors shape(Long... dimensions) {
        shape = List.of(dimensions);
        return this;
    }

    public Vectors base(float... numbers) {
        base = source(numbers);
        return this;
    }

    public Vectors input(float... numbers) {
        inputs.add(source(numbers));
        return this;
    }

    private static TensorSource source(float[] numbers) {
        return new TensorSource() {
            @Override
            public TensorInfo info() {
                return TensorInfo.of(Dtype.F32, numbers.length);
            }

            @Override
            public void read(long first, float[] target, int count) {
                System.arraycopy(numbers, (int) first, target, 0, count);
            }
        };
    }

    public PreparedMerge prepare() {
        return prepare(Methods.named(method, semantics));
    }

    PreparedMerge prepare(MergeMethod of) {
        Signature signature = of.signature();
        boolean own = signature.base() != MethodDescriptor.Base.NONE;
        if (own && base == null && signature.base() == MethodDescriptor.Base.REQUIRED) {
            base = source(new float[(int) inputs.getFirst().size()]);
        }
        return of.prepare(group(signature), Scan.SEQUENTIAL);
    }

    private TensorGroup group(Signature signature) {
        Map<String, Object> values = new HashMap<>();
        List<Map<String, Object>> own = new ArrayList<>();
        inputs.forEach(input -> own.add(new HashMap<>()));
        for (Option option : signature.options()) {
            for (int i = 0; i < inputs.size() && option.perInput(); i++) {
                List<?> given = each.get(option.name());
                own.get(i).put(option.name(), given == null ? option.standard() : given.get(i));
            }
            if (!option.perInput()) {
                values.put(option.name(), shared.getOrDefault(option.name(), option.standard()));
            }
        }
        List<Long> dimensions = shape.isEmpty() ? List.of(inputs.getFirst().size()) : shape;
        return new TensorGroup("t", dimensions, base, inputs, new Options(values, own), work, seed);
    }

    public float[] merge() {
        return merged(prepare(), (int) inputs.getFirst().size());
    }

    static float[] merged(PreparedMerge prepared, int size) {
        float[] result = new float[size];
        int[] at = {0};
        new Chunking(size, size)
                .chunks()
                .forEach(chunk -> prepared.merge(chunk, (block, count) -> {
                    System.arraycopy(block, 0, result, at[0], count);
                    at[0] += count;
                }));
        return result;
    }

    public static float[] numbers(String text) {
        String[] parts = text.replace('−', '-').trim().split("[ ,]+", -1);
        float[] values = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            values[i] = Float.parseFloat(parts[i]);
        }
        return values;
    }

    static List<Double> doubles(String text) {
        return Arrays.stream(text.trim().split(" ", -1)).map(Double::valueOf).toList();
    }

    static <T> List<T> times(int n, T value) {
        return Stream.generate(() -> value).limit(n).collect(Collectors.toList());
    }
}
