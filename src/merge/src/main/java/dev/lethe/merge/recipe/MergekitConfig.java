package dev.lethe.merge.recipe;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.recipe.Recipe.LayerRange;
import dev.lethe.merge.recipe.Recipe.Missing;
import dev.lethe.merge.recipe.Recipe.Model;
import dev.lethe.merge.recipe.Recipe.Slice;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.safetensors.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A configuration of mergekit 0.1.5 as a recipe. Models are folders on this machine, relative to the file's own or to the
 * current one. What is not supported is named: {@code modules} of several kinds, {@code tokens} of a tokenizer, {@code
 * chat_template}, {@code pad_to_multiple_of}, models of the Hub.
 */
public final class MergekitConfig {
    private static final Set<String> KNOWN = Set.of(
            "merge_method",
            "models",
            "slices",
            "base_model",
            "parameters",
            "dtype",
            "out_dtype",
            "tokenizer",
            "tokenizer_source");

    private final Path file;
    private final Semantics semantics;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Model> models = new LinkedHashMap<>();

    private MergekitConfig(Path file, Semantics semantics) {
        this.file = file;
        this.semantics = semantics;
    }

    /**
     * Reads a file.
     *
     * @throws InvalidInput naming all that is wrong or not supported, in one line
     */
    public static Recipe read(Path file, Semantics semantics, Missing missing, long shardBytes, long seed) {
        try {
            Object yaml = new Load(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
            return new MergekitConfig(file, semantics).recipe(yaml, missing, shardBytes, seed);
        } catch (YamlEngineException e) {
            throw InvalidInput.at(file.toString(), "YAML", String.valueOf(e.getMessage()), "a mergekit configuration");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    private Recipe recipe(Object yaml, Missing missing, long shardBytes, long seed) {
        Map<?, ?> root = map("configuration", yaml);
        root.keySet().stream()
                .map(String::valueOf)
                .filter(key -> !KNOWN.contains(key))
                .forEach(key -> problem(key, "a setting that is not supported", "one of " + new TreeSet<>(KNOWN)));
        if (root.containsKey("models") == root.containsKey("slices")) {
            problem("models", root.containsKey("models") ? "slices beside it" : "nothing", "either models or slices");
        }
        Model base = root.get("base_model") == null ? null : model("base_model", root.get("base_model"));
        List<Slice> slices = root.containsKey("slices")
                ? slices(root.get("slices"))
                : List.of(new Slice(sources("models", root.get("models")), null, Map.of()));
        Recipe recipe = new Recipe(
                text(root, "merge_method"),
                semantics,
                base,
                slices,
                parameters("parameters", root.get("parameters")),
                dtype(root, "dtype"),
                dtype(root, "out_dtype"),
                missing,
                tokenizer(root),
                shardBytes,
                seed);
        if (!problems.isEmpty()) {
            throw new InvalidInput(String.join("; ", problems));
        }
        return recipe;
    }

    private List<Slice> slices(@Nullable Object yaml) {
        List<Slice> slices = new ArrayList<>();
        for (Object one : list("slices", yaml)) {
            Map<?, ?> slice = map("slices[]", one);
            Object base = slice.get("base_model");
            if (slice.get("residual_weight") != null) {
                problem("slices[].residual_weight", "a value", "nothing: mergekit ignores it too");
            }
            slices.add(new Slice(
                    sources("slices[].sources", slice.get("sources")),
                    base == null ? null : model("slices[].base_model", base),
                    parameters("slices[].parameters", slice.get("parameters"))));
        }
        return slices;
    }

    private List<SliceSource> sources(String field, @Nullable Object yaml) {
        List<SliceSource> sources = new ArrayList<>();
        for (Object one : list(field, yaml)) {
            Map<?, ?> part = map(field + "[]", one);
            sources.add(new SliceSource(
                    model(field + "[].model", part.get("model")),
                    part.get("layer_range") == null ? null : layers(field, part.get("layer_range")),
                    parameters(field + "[].parameters", part.get("parameters"))));
        }
        return sources;
    }

    private LayerRange layers(String field, Object yaml) {
        List<?> range = list(field + "[].layer_range", yaml);
        if (range.size() == 2 && range.getFirst() instanceof Integer first && range.getLast() instanceof Integer end) {
            return new LayerRange(first, end);
        }
        problem(field + "[].layer_range", String.valueOf(yaml), "[first layer, layer after the last]");
        return new LayerRange(0, 1);
    }

    /** {@code PATH}, {@code PATH+ADAPTER}, or an object with {@code model} and {@code lora}. */
    private Model model(String field, @Nullable Object yaml) {
        String text;
        if (yaml instanceof Map<?, ?> map) {
            Object model = map.get("model") instanceof Map<?, ?> nested ? nested.get("path") : map.get("model");
            Object lora = map.get("lora") instanceof Map<?, ?> nested ? nested.get("path") : map.get("lora");
            text = lora == null ? String.valueOf(model) : model + "+" + lora;
        } else {
            text = String.valueOf(yaml);
        }
        return models.computeIfAbsent(text, name -> {
            int plus = Path.of(name).isAbsolute() || folder(name) == null ? name.indexOf('+') : -1;
            String path = plus < 0 ? name : name.substring(0, plus);
            Path adapter = plus < 0 ? null : existing(field, name.substring(plus + 1));
            return new Model(name, existing(field, path), adapter);
        });
    }

    private Path existing(String field, String name) {
        Path folder = folder(name);
        if (folder == null) {
            problem(field, name, "a folder on this machine; models of the Hub are not fetched");
            return Path.of(name);
        }
        return folder;
    }

    private @Nullable Path folder(String name) {
        Path beside = file.toAbsolutePath().resolveSibling(name);
        return Files.isDirectory(beside) ? beside : Files.isDirectory(Path.of(name)) ? Path.of(name) : null;
    }

    private Map<String, ParameterSetting> parameters(String field, @Nullable Object yaml) {
        Map<String, ParameterSetting> parameters = new HashMap<>();
        if (yaml != null) {
            map(field, yaml).forEach((name, value) -> {
                if (!"int8_mask".equals(name)) { // it changes a temporary's type and no bit of the result
                    parameters.put(String.valueOf(name), setting(field + "." + name, value));
                }
            });
        }
        return parameters;
    }

    private ParameterSetting setting(String field, @Nullable Object yaml) {
        return switch (yaml) {
            case Map<?, ?> one -> new ParameterSetting.Cases(List.of(oneCase(field, one)));
            case List<?> list
            when !list.isEmpty() && list.stream().allMatch(Map.class::isInstance) ->
                new ParameterSetting.Cases(list.stream()
                        .map(one -> oneCase(field, (Map<?, ?>) one))
                        .toList());
            case List<?> list
            when !list.isEmpty() && list.stream().noneMatch(Map.class::isInstance) ->
                new ParameterSetting.Gradient(new ArrayList<>(list));
            case Number number -> new ParameterSetting.Constant(number);
            case Boolean flag -> new ParameterSetting.Constant(flag);
            case String text -> new ParameterSetting.Constant(text);
            case null, default -> {
                problem(field, String.valueOf(yaml), "a value, a list of values, or a list of {filter, value}");
                yield new ParameterSetting.Constant(0);
            }
        };
    }

    private ParameterSetting.Case oneCase(String field, Map<?, ?> yaml) {
        Object filter = yaml.get("filter");
        return new ParameterSetting.Case(
                filter == null ? "" : String.valueOf(filter), setting(field + ".value", yaml.get("value")));
    }

    private @Nullable Dtype dtype(Map<?, ?> root, String field) {
        Object value = root.get(field);
        if (value == null) {
            return null;
        }
        return switch (String.valueOf(value).replace("torch.", "").toLowerCase(Locale.ROOT)) {
            case "float32", "float" -> Dtype.F32;
            case "bfloat16" -> Dtype.BF16;
            case "float16", "half" -> Dtype.F16;
            default -> {
                problem(field, String.valueOf(value), "float32, bfloat16 or float16");
                yield null;
            }
        };
    }

    private @Nullable String tokenizer(Map<?, ?> root) {
        Object source = root.get("tokenizer_source");
        if (root.get("tokenizer") instanceof Map<?, ?> tokenizer) {
            source = tokenizer.get("source");
            for (String field : List.of("tokens", "pad_to_multiple_of")) {
                if (tokenizer.get(field) != null) {
                    problem("tokenizer." + field, "a value", "nothing: it is not supported");
                }
            }
        }
        if (source == null || source.equals("base") || source.equals("union")) {
            return source == null ? null : String.valueOf(source);
        }
        return "model:" + model("tokenizer", source).name();
    }

    private String text(Map<?, ?> root, String field) {
        if (root.get(field) instanceof String text) {
            return text;
        }
        problem(field, String.valueOf(root.get(field)), "a name");
        return "";
    }

    private Map<?, ?> map(String field, @Nullable Object yaml) {
        if (yaml instanceof Map<?, ?> map) {
            return map;
        }
        problem(field, String.valueOf(yaml), "an object");
        return Map.of();
    }

    private List<?> list(String field, @Nullable Object yaml) {
        if (yaml instanceof List<?> list) {
            return list;
        }
        problem(field, String.valueOf(yaml), "a list");
        return List.of();
    }

    private void problem(String field, String found, String expected) {
        problems.add(String.valueOf(
                InvalidInput.at(file.toString(), field, found, expected).getMessage()));
    }
}
