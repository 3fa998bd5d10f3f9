package dev.lethe.merge.method;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An option of a method.
 *
 * @param name as users write it
 * @param each whether every input has its own value
 * @param type {@code Double}, {@code Integer}, {@code Boolean} or an enum
 * @param standard its value where no one sets it; null means that it must be set
 * @param min the least number that is allowed
 * @param max the largest
 */
public record Option(String name, boolean each, Class<?> type, @Nullable Object standard, double min, double max) {
    static Option number(String name, @Nullable Double standard, double min, double max) {
        return new Option(name, false, Double.class, standard, min, max);
    }

    static Option each(String name, @Nullable Double standard, double min, double max) {
        return new Option(name, true, Double.class, standard, min, max);
    }

    static Option integer(String name, int standard, int min, int max) {
        return new Option(name, false, Integer.class, standard, min, max);
    }

    static Option flag(String name, boolean standard) {
        return new Option(name, false, Boolean.class, standard, 0, 1);
    }

    static <E extends Enum<E>> Option oneOf(String name, E standard) {
        return new Option(name, false, standard.getDeclaringClass(), standard, 0, 0);
    }

    /** What is wrong with a value, or null. */
    public @Nullable String problem(Object value) {
        if (type == Boolean.class || type.isEnum()) {
            return type.isInstance(value) ? null : expected();
        }
        boolean right = value instanceof Number number
                && number.doubleValue() >= min
                && number.doubleValue() <= max
                && (type == Double.class || number.doubleValue() == Math.rint(number.doubleValue()));
        return right ? null : expected();
    }

    /** What values it takes, in words. */
    public String expected() {
        if (type == Boolean.class) {
            return "true or false";
        }
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
        }
        String kind = type == Integer.class ? "an integer" : "a number";
        String from = min == -Double.MAX_VALUE ? "" : " from " + plain(min);
        return kind + (max == Double.MAX_VALUE ? (from.isEmpty() ? "" : from + " on") : from + " to " + plain(max));
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
