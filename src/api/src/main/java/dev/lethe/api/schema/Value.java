package dev.lethe.api.schema;

import dev.lethe.api.resource.Location;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A YAML value and where it stands. */
sealed interface Value {
    Position at();

    /** As a person would call it. */
    String described();

    /**
     * A scalar.
     *
     * @param value null, or a Boolean, Long, BigInteger, Double or String
     * @param text as it is written
     */
    record Scalar(@Nullable Object value, String text, Position at) implements Value {
        private static final int SHOWN = 60;

        @Override
        public String described() {
            String safe = Location.shown(text);
            String shown = safe.length() > SHOWN ? safe.substring(0, SHOWN) + "…" : safe;
            return switch (value) {
                case null -> "null";
                case String _ -> "'" + shown.replace("\n", "\\n") + "'";
                default -> shown;
            };
        }
    }

    /** A list. */
    record Items(List<Value> items, Position at) implements Value {
        @Override
        public String described() {
            return "a list";
        }
    }

    /** A mapping, its keys in the order of the text. */
    record Fields(Map<String, Field> fields, Position at) implements Value {
        @Override
        public String described() {
            return "a mapping";
        }
    }

    /** An entry of a mapping, with its key's place. */
    record Field(Position key, Value value) {}
}
