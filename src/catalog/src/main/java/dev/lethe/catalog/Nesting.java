package dev.lethe.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings as documents nest them, {@code {weights: {kl: 1}}}, and by their whole names, {@code weights.kl}. */
public final class Nesting {
    private Nesting() {}

    /** By whole names; an option that is an object itself stays one. */
    static Map<String, Object> flat(Map<String, ?> nested, Collection<Option> options) {
        Map<String, Object> flat = new TreeMap<>();
        nested.forEach((name, value) -> {
            boolean leaf = options.stream().anyMatch(it -> it.name().equals(name));
            if (!leaf && value instanceof Map<?, ?> inner) {
                inner.forEach((key, it) -> flat.put(name + "." + key, it));
            } else {
                flat.put(name, value);
            }
        });
        return flat;
    }

    /** As a document has it. */
    @SuppressWarnings("unchecked") // what stands under a name with a dot was put there as a map
    public static Map<String, Object> nested(Map<String, ?> flat) {
        Map<String, Object> nested = new TreeMap<>();
        flat.forEach((name, value) -> {
            String[] steps = name.split("\\.", 2);
            if (steps.length == 1) {
                nested.put(name, value);
            } else {
                ((Map<String, Object>) nested.computeIfAbsent(steps[0], key -> new TreeMap<>())).put(steps[1], value);
            }
        });
        return nested;
    }

    /** The first, with what its object {@code group} does not have taken from the second's. */
    public static Map<String, Object> orElse(Map<String, ?> first, Map<String, ?> second, String group) {
        Map<String, Object> both = new TreeMap<>();
        flat(second, List.of()).forEach((name, value) -> {
            if (name.startsWith(group + ".")) {
                both.put(name, value);
            }
        });
        both.putAll(flat(first, List.of()));
        return nested(both);
    }

    /**
     * Settings as they were written, but for numbers, which have their option's type: {@code 1} and {@code 1.0} are one.
     * What no option takes stays as it is.
     */
    public static Map<String, Object> typed(Map<String, ?> nested, Collection<Option> options) {
        Map<String, Object> flat = flat(nested, options);
        for (Option option : options) {
            flat.computeIfPresent(
                    option.name(), (name, value) -> option.type().typed(value).orElse(value));
        }
        return java.util.Collections.unmodifiableMap(nested(flat));
    }
}
