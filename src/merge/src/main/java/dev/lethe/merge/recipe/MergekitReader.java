package dev.lethe.merge.recipe;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.recipe.Recipe.LayerRange;
import dev.lethe.merge.recipe.Recipe.Missing;
import dev.lethe.merge.recipe.Recipe.Model;
import dev.lethe.merge.recipe.Recipe.Slice;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.safetensors.Dtype;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what YAML says into a recipe, and collects what is wrong with it. */
final class MergekitReader {
    private static final Set<String> SETTINGS = Set.of(
            "merge_method",
            "models",
            "slices",
            "base_model",
            "parameters",
            "dtype",
            "out_dtype",
            "tokenizer",
            "tokenizer_source",
            "chat_template",
            "modules");

    private static final Set<String> MODEL = Set.of("model", "parameters");
    private static final Set<String> SOURCE = Set.of("model", "parameters", "layer_range");
    private static final Set<String> SLICE = Set.of("sources", "base_model", "parameters", "residual_weight");
    private static final Set<String> TOKENIZER = Set.of("source", "tokens", "pad_to_multiple_of");

    private final Path file;
    private final Semantics semantics;
    private final List<String> problems = new ArrayList<>();
    private final SequencedSet<String> notes = new LinkedHashSet<>();
    private final Map<String, Model> models = new LinkedHashMap<>();

    MergekitReader(Path file, Semantics semantics) {
        this.file = file;
        this.semantics = semantics;
    }

    MergekitConfig read(@Nullable Object yaml, Missing missing, long shardBytes, long seed) {
        Map<?, ?> root = map("configuration", yaml);
        noteOthers("", root, SETTINGS);
        if (isGiven(root.get("modules"))) {
            problem("modules", "a value", "models or slices: modules are not supported");
        } else if (isGiven(root.get("models")) == isGiven(root.get("slices"))) {
            problem("models", isGiven(root.get("models")) ? "slices beside it" : "nothing", "either models or slices");
        }
        Model base = root.get("base_model") == null ? null : model("base_model", root.get("base_model"));
        List<Slice> slices = isGiven(root.get("slices"))
                ? slices(root.get("slices"))
                : isGiven(root.get("models"))
                        ? List.of(new Slice(sources("models", root.get("models"), MODEL), null, Map.of()))
                        : List.of();
        chatTemplate(root.get("chat_template"));
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
        return new MergekitConfig(recipe, List.copyOf(notes));
    }

    /** Nothing and an empty list are the same to mergekit. */
    private static boolean isGiven(@Nullable Object yaml) {
        return switch (yaml) {
            case null -> false;
            case Collection<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** Notes the fields of an object that mergekit does not know and so ignores. */
    private void noteOthers(String object, Map<?, ?> yaml, Set<String> known) {
        for (Object key : yaml.keySet()) {
            String name = String.valueOf(key);
            if (!known.contains(name)) {
                note(object + name, hint(name, known));
            }
        }
    }

    private static String hint(String name, Set<String> known) {
        if (name.equals("random_seed")) {
            return "; --seed sets the seed";
        }
        if (Catalog.METHODS.options().stream().anyMatch(option -> option.name().equals(name))) {
            return "; options of a method stand under parameters";
        }
        return Named.nearest(name, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }

    private void note(String field, String hint) {
        notes.add("%s: no effect, as in mergekit%s".formatted(field, hint));
    }

    private void chatTemplate(@Nullable Object yaml) {
        if ("auto".equals(yaml)) {
            notes.add("chat_template: auto: the template is that of the model whose tokenizer the result has; "
                    + "mergekit takes the one that most models have");
        } else if (yaml != null && !"".equals(yaml)) {
            problem("chat_template", "another value", "auto: other templates are not supported");
        }
    }

    private List<Slice> slices(@Nullable Object yaml) {
        List<Slice> slices = new ArrayList<>();
        for (Object one : list("slices", yaml)) {
            Map<?, ?> slice = map("slices[]", one);
            noteOthers("slices[].", slice, SLICE);
            Object base = slice.get("base_model");
            if (slice.get("residual_weight") != null) {
                note("slices[].residual_weight", "");
            }
            slices.add(new Slice(
                    sources("slices[].sources", slice.get("sources"), SOURCE),
                    base == null ? null : model("slices[].base_model", base),
                    parameters("slices[].parameters", slice.get("parameters"))));
        }
        return slices;
    }

    private List<SliceSource> sources(String field, @Nullable Object yaml, Set<String> known) {
        List<SliceSource> sources = new ArrayList<>();
        for (Object one : list(field, yaml)) {
            Map<?, ?> part = map(field + "[]", one);
            noteOthers(field + "[].", part, known);
            sources.add(new SliceSource(
                    model(field + "[].model", part.get("model")),
                    !known.contains("layer_range") || part.get("layer_range") == null
                            ? null
                            : layers(field, part.get("layer_range")),
                    parameters(field + "[].parameters", part.get("parameters"))));
        }
        return sources;
    }

    private LayerRange layers(String field, Object yaml) {
        List<?> range = list(field + "[].layer_range", yaml);
        try {
            if (range.size() == 2) {
                return new LayerRange(whole(range.getFirst()), whole(range.getLast()));
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Neither is a whole number: the same answer as for anything else.
        }
        problem(field + "[].layer_range", String.valueOf(yaml), "[first layer, layer after the last]");
        return new LayerRange(0, 1);
    }

    /** As pydantic takes it: {@code 2}, {@code "2"} or {@code 2.0}. */
    private static int whole(@Nullable Object yaml) {
        return new BigDecimal(String.valueOf(yaml)).intValueExact();
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
            case List<?> list when list.isEmpty() -> new ParameterSetting.Cases(List.of()); // as if it were not there
            case List<?> list
            when list.stream().allMatch(Map.class::isInstance) ->
                new ParameterSetting.Cases(list.stream()
                        .map(one -> oneCase(field, (Map<?, ?>) one))
                        .toList());
            case List<?> list
            when list.stream().noneMatch(one -> one == null || one instanceof Map) ->
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
            noteOthers("tokenizer.", tokenizer, TOKENIZER);
            if (source != null) {
                problem("tokenizer_source", "tokenizer beside it", "one of them");
            }
            source = tokenizer.get("source") == null ? "union" : tokenizer.get("source");
            for (String field : List.of("tokens", "pad_to_multiple_of")) {
                if (isGiven(tokenizer.get(field))) {
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
