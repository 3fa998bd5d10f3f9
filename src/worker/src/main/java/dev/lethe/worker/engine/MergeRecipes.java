package dev.lethe.worker.engine;

import dev.lethe.api.resource.MergeInput;
import dev.lethe.api.resource.MergeParameters;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.TensorSetting;
import dev.lethe.catalog.Catalog;
import dev.lethe.merge.method.MajoritySign;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.recipe.ParameterSetting;
import dev.lethe.merge.recipe.Recipe;
import dev.lethe.merge.recipe.Recipe.Model;
import dev.lethe.merge.recipe.Recipe.Slice;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.safetensors.Dtype;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A ModelMerge of whole models, in the merge engine's words. */
public final class MergeRecipes {
    private MergeRecipes() {}

    /** @param inputs with their weights; adapters are read into the base */
    public static Recipe of(ModelMergeSpec spec, List<Folder> inputs, @Nullable Path base) {
        MergeParameters parameters = parameters(spec);
        List<SliceSource> parts = new ArrayList<>();
        for (Folder input : inputs) {
            MergeInput in = input.input();
            Map<String, ParameterSetting> own = new HashMap<>();
            put(own, "weight", in, TensorSetting::weight, in.weight());
            put(own, "density", in, TensorSetting::density, in.density());
            String name = input.input().name();
            Model model = input.adapter()
                    ? new Model(name, Objects.requireNonNull(base), input.path())
                    : new Model(name, input.path(), null);
            parts.add(new SliceSource(model, null, own));
        }
        return new Recipe(
                Objects.requireNonNull(spec.method()),
                Methods.semantics(Objects.requireNonNull(spec.semantics())),
                base == null ? null : new Model("base", base, null),
                List.of(new Slice(parts, null, Map.of())),
                settings(spec),
                dtype(parameters.text("dtype")),
                dtype(parameters.text("outDtype")),
                missing(parameters.text("missing")),
                parameters.text("tokenizer"),
                Recipe.DEFAULT_SHARD_BYTES,
                seed(parameters) == null ? 0 : seed(parameters));
    }

    /** What is said of some tensors, and then of all. */
    private static void put(
            Map<String, ParameterSetting> settings,
            String name,
            MergeInput input,
            Function<TensorSetting, @Nullable List<Double>> values,
            @Nullable Double otherwise) {
        List<ParameterSetting.Case> cases = new ArrayList<>();
        for (TensorSetting some : Objects.requireNonNullElse(input.tensors(), List.<TensorSetting>of())) {
            List<Double> numbers = values.apply(some);
            if (numbers != null) {
                String filter = Objects.requireNonNullElse(some.filter(), "");
                cases.add(new ParameterSetting.Case(filter, new ParameterSetting.Gradient(List.copyOf(numbers))));
            }
        }
        if (otherwise != null) {
            cases.add(new ParameterSetting.Case("", new ParameterSetting.Constant(otherwise)));
        }
        if (!cases.isEmpty()) {
            settings.put(name, new ParameterSetting.Cases(cases));
        }
    }

    /** An input and where it is. */
    public record Folder(MergeInput input, Path path, boolean adapter) {}

    /** Of a spec that names none, all absent. */
    public static MergeParameters parameters(ModelMergeSpec spec) {
        return Objects.requireNonNullElse(spec.parameters(), MergeParameters.NONE);
    }

    /** The options that are set, by the names that the engine has for them. */
    static Map<String, ParameterSetting> settings(ModelMergeSpec spec) {
        MergeParameters parameters = parameters(spec);
        Map<String, ParameterSetting> settings = new HashMap<>();
        put(settings, "density", spec.density());
        put(
                settings,
                "majoritySign",
                spec.majoritySign() == null
                        ? null
                        : MajoritySign.named(spec.majoritySign()).name());
        Catalog.METHODS
                .options()
                .forEach(option -> put(
                        settings, option.name(), parameters.get(option.asField().name())));
        return settings;
    }

    private static void put(Map<String, ParameterSetting> settings, String name, @Nullable Object value) {
        if (value != null) {
            settings.put(name, new ParameterSetting.Constant(value));
        }
    }

    static @Nullable Long seed(MergeParameters parameters) {
        return (Long) parameters.get("seed");
    }

    public static @Nullable Dtype dtype(@Nullable String name) {
        return switch (name) {
            case "float32" -> Dtype.F32;
            case "bfloat16" -> Dtype.BF16;
            case "float16" -> Dtype.F16;
            case null, default -> null;
        };
    }

    private static Recipe.Missing missing(@Nullable String name) {
        return name == null
                ? Recipe.Missing.ERROR
                : Recipe.Missing.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
