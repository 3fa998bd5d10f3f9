package dev.lethe.catalog;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values of options, complete and checked.
 *
 * @param values by the option's whole name; an option without a standard that nobody set has none
 */
public record Settings(Map<String, Object> values) {
    public Settings {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** Makes an exception of what is wrong with a field. */
    @FunctionalInterface
    public interface Refusal {
        RuntimeException of(String field, String found, String expected);
    }

    /**
     * What was given, and the standard of what was not.
     *
     * @param owner whose options they are, in errors
     * @param given by name, as a document has it: objects within are of their own options
     * @throws RuntimeException of {@code refusal}, where a value is none that its option takes, or no option has the name
     */
    public static Settings of(String owner, List<Option> options, Map<String, ?> given, Refusal refusal) {
        Map<String, Object> values = new TreeMap<>();
        Map<String, Object> left = Nesting.flat(given, options);
        for (Option option : options) {
            Object value = left.remove(option.name());
            if (value != null) {
                values.put(
                        option.name(),
                        option.type()
                                .typed(value)
                                .orElseThrow(() -> refusal.of(
                                        option.name(),
                                        String.valueOf(value),
                                        option.type().expected(value))));
            } else if (option.standard() != null) {
                values.put(option.name(), option.standard());
            }
        }
        left.forEach((name, value) -> {
            throw refusal.of(name, String.valueOf(value), "nothing: " + owner + " has no such setting");
        });
        return new Settings(values);
    }

    /** The same, of what a descriptor's options are. */
    public static Settings of(Descriptor descriptor, Map<String, ?> given, Refusal refusal) {
        return of(descriptor.name(), descriptor.options(), given, refusal);
    }

    public double number(String name) {
        return ((Number) value(name)).doubleValue();
    }

    public int whole(String name) {
        return Math.toIntExact(((Number) value(name)).longValue());
    }

    public String text(String name) {
        return (String) value(name);
    }

    /** The constant that the chosen word stands for. */
    public <E extends Enum<E>> E choice(String name, Class<E> type) {
        String word = text(name);
        return Words.constant(type, word)
                .orElseThrow(() -> new IllegalStateException(type.getSimpleName() + " has no " + word));
    }

    private Object value(String name) {
        Object value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no value for " + name);
        }
        return value;
    }
}
