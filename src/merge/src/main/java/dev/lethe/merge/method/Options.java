package dev.lethe.merge.method;

import dev.lethe.catalog.Words;
import java.util.List;
import java.util.Map;

/**
 * The values of a method's options for one tensor, complete and checked.
 *
 * @param shared by name
 * @param inputs by name, for each input
 */
public record Options(Map<String, Object> shared, List<Map<String, Object>> inputs) {
    public Options {
        shared = Map.copyOf(shared);
        inputs = inputs.stream().map(Map::copyOf).toList();
    }

    double number(String name) {
        return ((Number) value(shared, name)).doubleValue();
    }

    int integer(String name) {
        return ((Number) value(shared, name)).intValue();
    }

    boolean flag(String name) {
        return (Boolean) value(shared, name);
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
        return value(shared, name) instanceof String word
                ? Words.constant(type, word).orElseThrow()
                : type.cast(value(shared, name));
    }

    /** One value for each input. */
    double[] numbers(String name) {
        return inputs.stream()
                .mapToDouble(input -> ((Number) value(input, name)).doubleValue())
                .toArray();
    }

    private static Object value(Map<String, Object> values, String name) {
        Object value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no value for " + name);
        }
        return value;
    }
}
