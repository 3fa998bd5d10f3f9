package dev.lethe.api.schema;

import dev.lethe.catalog.Named;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a value against a schema as the API server does: types, bounds, defaults, then rules. Every problem is
 * reported; a rule is held only against fields that have none.
 */
final class Admission {
    private static final Pattern FIELD_OF_SELF = Pattern.compile("\\b(?:self|oldSelf)\\.([A-Za-z]+)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+(-[A-Za-z0-9]+)*");

    private final String where;
    private final Supplier<Cel> cel;
    private final List<Problem> problems;

    Admission(String where, Supplier<Cel> cel, List<Problem> problems) {
        this.where = where;
        this.cel = cel;
        this.problems = problems;
    }

    /**
     * The value with the schema's types and defaults, as maps, lists and scalars; null when it has a problem.
     *
     * @param old what was there before, for rules of transition
     */
    @Nullable
    Object admit(Schema schema, Value value, String path, @Nullable Object old) {
        if (schema.type().equals("any")) {
            return anything(value);
        }
        return switch (value) {
            case Value.Fields fields when schema.type().equals("object") -> object(schema, fields, path, old);
            case Value.Items items when schema.type().equals("array") -> list(schema, items, path);
            case Value.Scalar scalar -> scalar(schema, scalar, path);
            default -> refuse(value.at(), path, value.described(), Bounds.expected(schema));
        };
    }

    private @Nullable Object scalar(Schema schema, Value.Scalar scalar, String path) {
        Object typed = Bounds.typed(schema, scalar.value());
        if (typed == null) {
            boolean unquoted = schema.type().equals("string") && scalar.value() != null;
            return refuse(
                    scalar.at(), path, scalar.described(), Bounds.expected(schema) + (unquoted ? ": quote it" : ""));
        }
        Optional<String> violated = Bounds.violated(schema, typed);
        return violated.isPresent() ? refuse(scalar.at(), path, scalar.described(), violated.get()) : typed;
    }

    private @Nullable Object list(Schema schema, Value.Items value, String path) {
        Schema each = schema.items().orElseThrow();
        int before = problems.size();
        var items = new ArrayList<Object>();
        Set<Object> keys = new HashSet<>();
        for (int i = 0; i < value.items().size(); i++) {
            String at = path + "[" + i + "]";
            Object item = admit(each, value.items().get(i), at, null);
            if (item != null) {
                items.add(item);
            }
            if (item instanceof Map<?, ?> map && schema.key().isPresent()) {
                String key = schema.key().get();
                if (!keys.add(map.get(key))) {
                    refuse(value.items().get(i).at(), at + "." + key, "'" + map.get(key) + "' twice", "it once");
                }
            }
        }
        Bounds.size(schema, value.items().size(), "Items", "items")
                .ifPresent(it -> refuse(value.at(), path, value.items().size() + " items", it));
        return problems.size() == before ? items : null;
    }

    private @Nullable Object object(Schema schema, Value.Fields value, String path, @Nullable Object old) {
        int before = problems.size();
        var object = new LinkedHashMap<String, Object>();
        Set<String> broken = new HashSet<>();
        value.fields().forEach((name, field) -> {
            Optional<Schema> known = schema.field(name);
            if (known.isEmpty()) {
                broken.add(unknown(schema, name, field, path));
            } else if (!isNull(field.value())) { // the API server prunes a null, too
                Object former = old instanceof Map<?, ?> map ? map.get(name) : null;
                Object admitted = admit(known.get(), field.value(), FieldPath.child(path, name), former);
                if (admitted == null) {
                    broken.add(name);
                } else {
                    object.put(name, admitted);
                }
            }
        });
        defaults(schema, object, broken);
        for (String required : schema.required()) {
            if (!object.containsKey(required) && broken.add(required)) {
                refuse(value.at(), FieldPath.child(path, required), "nothing", expectedThere(schema, required));
            }
        }
        Bounds.size(schema, value.fields().size(), "Properties", "entries")
                .ifPresent(it -> refuse(value.at(), path, value.fields().size() + " entries", it));
        for (Schema.Rule rule : schema.rules()) {
            if (old != null || !rule.ofTransition()) {
                hold(rule, object, old, broken, value, path);
            }
        }
        return problems.size() == before ? object : null;
    }

    /** Returns the field that was probably meant. */
    private String unknown(Schema schema, String name, Value.Field field, String path) {
        Optional<String> meant = Named.nearest(name, schema.fields());
        refuse(
                field.key(),
                FieldPath.child(path, name),
                "an unknown field",
                meant.orElseGet(() -> "one of "
                        + String.join(", ", schema.fields().stream().sorted().toList())));
        return meant.orElse(name);
    }

    private static String expectedThere(Schema schema, String field) {
        return schema.field(field).map(Bounds::expected).orElse("a value");
    }

    private static void defaults(Schema schema, Map<String, Object> object, Set<String> broken) {
        for (String field : schema.fields()) {
            Object value = schema.field(field).map(Schema::defaultValue).orElse(null);
            if (value != null && !object.containsKey(field) && !broken.contains(field)) {
                object.put(field, value instanceof Integer number ? number.longValue() : value);
            }
        }
    }

    private void hold(
            Schema.Rule rule,
            Map<String, Object> self,
            @Nullable Object old,
            Set<String> broken,
            Value.Fields value,
            String path) {
        boolean readable = FIELD_OF_SELF.matcher(rule.rule()).results().noneMatch(it -> broken.contains(it.group(1)));
        if (readable && !cel.get().holds(rule.rule(), self, old)) {
            Value at = at(value, rule.fieldPath());
            problems.add(new Problem(where, at.at(), under(path, rule), meant(at, rule.message()) + rule.message()));
        }
    }

    /** A rule that calls a name unknown lists the names that are known: here is the one that was probably meant. */
    private static String meant(Value at, String message) {
        if (!message.startsWith("unknown ") || !(at instanceof Value.Scalar scalar) || scalar.value() == null) {
            return "";
        }
        String found = scalar.value().toString();
        List<String> known =
                NAME.matcher(message).results().map(MatchResult::group).toList();
        String name = found.substring(found.indexOf('/') + 1);
        return Named.nearest(name, known)
                .map(it -> "found '%s', expected %s: ".formatted(found, found.replace(name, it)))
                .orElse("found '%s': ".formatted(found));
    }

    private static String under(String path, Schema.Rule rule) {
        return rule.fieldPath().isEmpty() ? path : path.isEmpty() ? rule.fieldPath() : path + "." + rule.fieldPath();
    }

    /** A field; its parent when it is absent. */
    private static Value at(Value.Fields value, String fieldPath) {
        Value at = value;
        for (String step : List.of(fieldPath.split("\\.", -1))) {
            if (!(at instanceof Value.Fields fields) || !fields.fields().containsKey(step)) {
                break;
            }
            at = fields.fields().get(step).value();
        }
        return at;
    }

    private @Nullable Object refuse(Position at, String path, String found, String expected) {
        problems.add(new Problem(where, at, path, "found " + found + ", expected " + expected));
        return null;
    }

    private static boolean isNull(Value value) {
        return value instanceof Value.Scalar scalar && scalar.value() == null;
    }

    private static Object anything(Value value) {
        return switch (value) {
            case Value.Scalar scalar -> scalar.value() == null ? "" : scalar.value();
            case Value.Items items ->
                items.items().stream().map(Admission::anything).toList();
            case Value.Fields fields -> {
                var object = new LinkedHashMap<String, Object>();
                fields.fields().forEach((name, field) -> object.put(name, anything(field.value())));
                yield object;
            }
        };
    }
}
