package dev.lethe.api.schema;

import com.google.re2j.Pattern;
import dev.lethe.api.resource.InvalidLocation;
import dev.lethe.api.resource.Location;
import dev.lethe.api.resource.Syntax;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a schema says of one scalar, or of the size of a list or map. Each check returns what was expected instead. */
final class Bounds {
    private Bounds() {}

    /** The value as the schema's type has it; null when it has another type. */
    static @Nullable Object typed(Schema schema, @Nullable Object value) {
        return switch (schema.type()) {
            case "string" -> value instanceof String ? value : null;
            case "boolean" -> value instanceof Boolean ? value : null;
            case "integer" -> value instanceof Long ? value : null;
            case "number" ->
                value instanceof Number number && Double.isFinite(number.doubleValue()) ? number.doubleValue() : null;
            case "int-or-string" -> value instanceof Long || value instanceof String ? value : null;
            default -> null;
        };
    }

    /** The type in words. */
    static String expected(Schema schema) {
        return switch (schema.type()) {
            case "string" -> schema.oneOf().isEmpty() ? "a text" : oneOf(schema.oneOf());
            case "boolean" -> "true or false";
            case "integer" -> "a whole number";
            case "number" -> "a finite number";
            case "int-or-string" -> "a quantity";
            case "array" -> "a list";
            default -> "a mapping";
        };
    }

    static Optional<String> violated(Schema schema, Object value) {
        return switch (value) {
            case String text -> ofText(schema, text);
            case Number number -> ofNumber(schema, number.doubleValue());
            default -> Optional.empty();
        };
    }

    /** @param what {@code Length}, {@code Items} or {@code Properties} */
    static Optional<String> size(Schema schema, int size, String what, String things) {
        Optional<String> least = schema.number("min" + what)
                .filter(it -> size < it.intValue())
                .map(it -> "at least " + it + " " + things);
        return least.or(() -> schema.number("max" + what)
                .filter(it -> size > it.intValue())
                .map(it -> "at most " + it + " " + things));
    }

    private static Optional<String> ofText(Schema schema, String text) {
        List<String> values = schema.oneOf();
        if (!values.isEmpty()) {
            return values.contains(text) ? Optional.empty() : Optional.of(oneOf(values));
        }
        Optional<String> size = size(schema, text.codePointCount(0, text.length()), "Length", "characters");
        return size.or(() -> schema.text("pattern")
                .filter(it -> !Pattern.compile(it).matcher(text).find())
                .map(it -> it.equals(Syntax.URI) ? place(text) : "a match of " + it));
    }

    /** A list of all kinds of places says more than their patterns do. */
    private static String place(String uri) {
        try {
            return Location.of(uri).uri();
        } catch (InvalidLocation e) {
            return e.expected();
        }
    }

    private static Optional<String> ofNumber(Schema schema, double value) {
        Optional<String> least = schema.number("minimum")
                .filter(it -> value < it.doubleValue() || (schema.is("exclusiveMinimum") && value == it.doubleValue()))
                .map(it -> (schema.is("exclusiveMinimum") ? "more than " : "at least ") + it);
        return least.or(() -> schema.number("maximum")
                .filter(it -> value > it.doubleValue() || (schema.is("exclusiveMaximum") && value == it.doubleValue()))
                .map(it -> (schema.is("exclusiveMaximum") ? "less than " : "at most ") + it));
    }

    private static String oneOf(List<String> values) {
        return values.size() == 1 ? values.getFirst() : "one of " + String.join(", ", values);
    }
}
