package dev.lethe.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be set.
 *
 * @param name as users write it; a dot leads into an object, as in {@code weights.kl}
 * @param type what values it takes
 * @param standard its value where nobody sets it; null where it must be set, or where its absence has a meaning of its own
 * @param perInput whether each input of a merge has its own value
 * @param text what it does, as sentences
 */
public record Option(String name, Type type, @Nullable Object standard, boolean perInput, String text) {
    /** What values an option takes. */
    public sealed interface Type {
        /** What it takes, in words, as in "found x, expected a number from 0 to 1". */
        String expected(Object found);

        /** The value as this type holds it ({@code Double}, {@code Long}, {@code Boolean}, {@code String} or a map of texts); empty if it is none. */
        Optional<Object> typed(Object value);
    }

    /**
     * A finite number.
     *
     * @param above whether {@code min} itself is too little
     */
    public record Real(double min, boolean above, double max) implements Type {
        @Override
        public String expected(Object found) {
            String least = min == -Double.MAX_VALUE ? "" : (above ? " above " : " from ") + plain(min);
            String most = max == Double.MAX_VALUE ? "" : (least.isEmpty() || above ? " up to " : " to ") + plain(max);
            return "a number" + least + most + (most.isEmpty() && !least.isEmpty() && !above ? " on" : "");
        }

        @Override
        public Optional<Object> typed(Object value) {
            return value instanceof Number number
                            && Double.isFinite(number.doubleValue())
                            && (above ? number.doubleValue() > min : number.doubleValue() >= min)
                            && number.doubleValue() <= max
                    ? Optional.of(number.doubleValue())
                    : Optional.empty();
        }
    }

    public record Whole(long min, long max) implements Type {
        @Override
        public String expected(Object found) {
            return "an integer from " + min + " to " + max;
        }

        @Override
        public Optional<Object> typed(Object value) {
            return value instanceof Number number
                            && number.doubleValue() == Math.rint(number.doubleValue())
                            && number.doubleValue() >= min
                            && number.doubleValue() <= max
                    ? Optional.of(number.longValue())
                    : Optional.empty();
        }
    }

    public record Flag() implements Type {
        @Override
        public String expected(Object found) {
            return "true or false";
        }

        @Override
        public Optional<Object> typed(Object value) {
            return Optional.of(value).filter(Boolean.class::isInstance);
        }
    }

    /**
     * One of some words.
     *
     * @param words each with what it means, in the order in which they are told
     */
    public record Choice(List<Word> words) implements Type {
        /** A word, and what it means as the rest of a sentence; empty where the word says it. */
        public record Word(String name, String meaning) {}

        public Choice {
            words = List.copyOf(words);
        }

        public List<String> names() {
            return words.stream().map(Word::name).toList();
        }

        @Override
        public String expected(Object found) {
            return Named.oneOf(names(), String.valueOf(found));
        }

        @Override
        public Optional<Object> typed(Object value) {
            return Optional.of(value).filter(names()::contains);
        }
    }

    /** A text of a form. */
    public record Text(String pattern, int longest) implements Type {
        @Override
        public String expected(Object found) {
            return "a match of " + pattern;
        }

        @Override
        public Optional<Object> typed(Object value) {
            return Optional.of(value)
                    .filter(it -> it instanceof String text && text.length() <= longest && text.matches(pattern));
        }
    }

    /** Whatever a user's own image takes: texts by names of the user's own. */
    public record Free(int most) implements Type {
        @Override
        public String expected(Object found) {
            return "at most " + most + " texts by name";
        }

        @Override
        public Optional<Object> typed(Object value) {
            return value instanceof Map<?, ?> map && map.size() <= most
                    ? Optional.of(map.entrySet().stream()
                            .collect(Collectors.toMap(
                                    it -> String.valueOf(it.getKey()),
                                    it -> String.valueOf(it.getValue()),
                                    (a, b) -> b,
                                    java.util.TreeMap::new)))
                    : Optional.empty();
        }
    }

    /** A number from {@code min} to {@code max}. */
    public static Option number(String name, @Nullable Double standard, double min, double max, String text) {
        return new Option(name, new Real(min, false, max), standard, false, text);
    }

    /** A number above {@code min}. */
    public static Option above(String name, @Nullable Double standard, double min, double max, String text) {
        return new Option(name, new Real(min, true, max), standard, false, text);
    }

    public static Option whole(String name, @Nullable Long standard, long min, long max, String text) {
        return new Option(name, new Whole(min, max), standard, false, text);
    }

    public static Option flag(String name, @Nullable Boolean standard, String text) {
        return new Option(name, new Flag(), standard, false, text);
    }

    /** @param words each by itself, or with a colon and what it means */
    public static Option choice(String name, @Nullable String standard, String text, String... words) {
        List<Choice.Word> choices = java.util.Arrays.stream(words)
                .map(it -> it.split(": ", 2))
                .map(it -> new Choice.Word(it[0], it.length == 1 ? "" : it[1]))
                .toList();
        return new Option(name, new Choice(choices), standard, false, text);
    }

    /** The same, of which each input of a merge has its own value. */
    public Option each() {
        return new Option(name, type, standard, true, text);
    }

    /** The option as documents have it, where names are in camel case. */
    public Option asField() {
        StringBuilder field = new StringBuilder();
        for (String word : name.split("_", -1)) {
            field.append(field.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return new Option(field.toString(), type, standard, perInput, text);
    }

    /** What an image of a user's own is told. */
    static Option parameters() {
        return new Option(
                "parameters", new Free(32), null, false, "What your image is told: texts by names of your own.");
    }

    static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }
}
