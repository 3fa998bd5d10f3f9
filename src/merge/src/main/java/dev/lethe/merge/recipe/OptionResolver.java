package dev.lethe.merge.recipe;

import dev.lethe.catalog.Named;
import dev.lethe.catalog.Option;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.Signature;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.recipe.TensorMapping.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Resolves a method's options for each tensor: a source's settings override its slice's, and those the recipe's. */
final class OptionResolver {
    private static final Set<String> TRUE = Set.of("true", "yes", "on", "1", "t", "y");
    private static final Set<String> FALSE = Set.of("false", "no", "off", "0", "f", "n");

    private final Recipe recipe;
    private final Signature signature;
    private final List<String> problems;
    private final Set<Fault> faults = new HashSet<>();

    OptionResolver(Recipe recipe, Signature signature, List<String> problems) {
        this.recipe = recipe;
        this.signature = signature;
        this.problems = problems;
    }

    /** A setting that is wrong is wrong for every tensor, and is said once; no setting is a missing one. */
    private record Fault(String where, Option option, @Nullable ParameterSetting setting) {}

    /** Parameters that the method does not have, one line for all. */
    Optional<String> unused() {
        List<String> names = signature.options().stream().map(Option::name).toList();
        String given = unknown().stream()
                .map(name -> Named.nearest(name, names)
                        .map(near -> "%s (did you mean %s?)".formatted(name, near))
                        .orElse(name))
                .collect(Collectors.joining(", "));
        return given.isEmpty()
                ? Optional.empty()
                : Optional.of("parameters: %s: nothing of method %s depends on it".formatted(given, signature.name()));
    }

    private SortedSet<String> unknown() {
        SortedSet<String> given = new TreeSet<>(recipe.parameters().keySet());
        recipe.slices().forEach(slice -> {
            given.addAll(slice.parameters().keySet());
            slice.sources().forEach(source -> given.addAll(source.parameters().keySet()));
        });
        signature.options().forEach(option -> given.remove(option.name()));
        return given;
    }

    /** @param inputs indices of the sources that are inputs of the method, in its order */
    Options options(String tensor, Target target, List<Integer> inputs) {
        Map<String, Object> shared = new HashMap<>();
        List<Map<String, Object>> each = new ArrayList<>();
        inputs.forEach(input -> each.add(new HashMap<>()));
        for (Option option : signature.options()) {
            for (int i = 0; i < inputs.size() && option.perInput(); i++) {
                SliceSource source = target.slice().sources().get(inputs.get(i));
                String own = target.names().get(inputs.get(i));
                List<Map<String, ParameterSetting>> scopes =
                        List.of(source.parameters(), target.slice().parameters(), recipe.parameters());
                String where = "merge: " + source.model().name();
                put(option, own, target.depth(), scopes, where, each.get(i));
            }
            if (!option.perInput()) {
                List<Map<String, ParameterSetting>> scopes =
                        List.of(target.slice().parameters(), recipe.parameters());
                put(option, tensor, target.depth(), scopes, "merge", shared);
            }
        }
        return new Options(shared, each);
    }

    private void put(
            Option option,
            String tensor,
            double depth,
            List<Map<String, ParameterSetting>> scopes,
            String where,
            Map<String, Object> values) {
        ParameterSetting setting = null;
        Object value = option.standard();
        for (Map<String, ParameterSetting> scope : scopes) {
            ParameterSetting given = scope.get(option.name());
            Optional<Object> here = given == null ? Optional.empty() : given.at(tensor, depth);
            if (here.isPresent()) {
                setting = given;
                value = here.get();
                break;
            }
        }
        Optional<Object> typed =
                value == null ? Optional.empty() : option.type().typed(asMergekitTakesIt(option, value));
        if (typed.isEmpty() && faults.add(new Fault(where, option, setting))) {
            String found = value == null ? nothing() : String.valueOf(value);
            String expected = option.type().expected(String.valueOf(value));
            problems.add(Objects.requireNonNull(
                    InvalidInput.at(where, option.name(), found, expected).getMessage()));
        }
        values.put(option.name(), typed.orElse(0.0));
    }

    /** Where an option is missing, one of another name may have been meant. */
    private String nothing() {
        SortedSet<String> unknown = unknown();
        return unknown.isEmpty() ? "nothing" : "nothing but " + String.join(", ", unknown);
    }

    /** Numbers in quotes are numbers, numbers are flags, flags are numbers, as pydantic has it; words in any case. */
    private static Object asMergekitTakesIt(Option option, Object value) {
        return switch (option.type()) {
            case Option.Choice choice when value instanceof String text -> text.toLowerCase(Locale.ROOT);
            case Option.Flag flag when value instanceof Number number -> number.doubleValue() != 0;
            case Option.Flag flag when value instanceof String text -> flag(text);
            case Option.Real real -> number(value);
            case Option.Whole whole -> number(value);
            default -> value;
        };
    }

    private static Object flag(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        return TRUE.contains(word) ? (Object) true : FALSE.contains(word) ? false : text;
    }

    private static Object number(Object value) {
        try {
            return switch (value) {
                case Boolean flag -> flag ? 1.0 : 0.0;
                case String text -> Double.valueOf(text);
                default -> value;
            };
        } catch (NumberFormatException e) {
            return value;
        }
    }
}
