package dev.lethe.merge.recipe;

import dev.lethe.catalog.Option;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.Signature;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.recipe.TensorMapping.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Resolves a method's options for each tensor: a source's settings override its slice's, and those the recipe's. */
final class OptionResolver {
    private final Recipe recipe;
    private final Signature signature;
    private final List<String> problems;

    OptionResolver(Recipe recipe, Signature signature, List<String> problems) {
        this.recipe = recipe;
        this.signature = signature;
        this.problems = problems;
    }

    /** Parameters that the method does not have, one line for all. */
    Optional<String> unused() {
        SortedSet<String> given = new TreeSet<>(recipe.parameters().keySet());
        recipe.slices().forEach(slice -> {
            given.addAll(slice.parameters().keySet());
            slice.sources().forEach(source -> given.addAll(source.parameters().keySet()));
        });
        signature.options().forEach(option -> given.remove(option.name()));
        return given.isEmpty()
                ? Optional.empty()
                : Optional.of("parameters: %s: nothing of method %s depends on it"
                        .formatted(String.join(", ", given), signature.name()));
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
                put(
                        option,
                        own,
                        target.depth(),
                        scopes,
                        "%s: %s".formatted(source.model().name(), own),
                        each.get(i));
            }
            if (!option.perInput()) {
                List<Map<String, ParameterSetting>> scopes =
                        List.of(target.slice().parameters(), recipe.parameters());
                put(option, tensor, target.depth(), scopes, tensor, shared);
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
        Object value = scopes.stream()
                .flatMap(scope -> Optional.ofNullable(scope.get(option.name())).stream())
                .flatMap(setting -> setting.at(tensor, depth).stream())
                .findFirst()
                .orElse(option.standard());
        Optional<Object> typed =
                value == null ? Optional.empty() : option.type().typed(asMergekitTakesIt(option, value));
        if (typed.isEmpty()) {
            String line = InvalidInput.at(
                            "merge: " + where,
                            option.name(),
                            String.valueOf(value),
                            option.type().expected(String.valueOf(value)))
                    .getMessage();
            problems.add(Objects.requireNonNull(line));
        }
        values.put(option.name(), typed.orElse(0.0));
    }

    /** Numbers in quotes are numbers, numbers are flags; words in any case. */
    private static Object asMergekitTakesIt(Option option, Object value) {
        return switch (option.type()) {
            case Option.Choice choice when value instanceof String text -> text.toLowerCase(Locale.ROOT);
            case Option.Flag flag when value instanceof Number number -> number.doubleValue() != 0;
            case Option.Real real when value instanceof String text -> number(text);
            case Option.Whole whole when value instanceof String text -> number(text);
            default -> value;
        };
    }

    private static Object number(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
