package dev.lethe.api.schema;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Syntax;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A structural schema, seen through its definition: the part of OpenAPI v3 that our CRDs use.
 *
 * @param definition as it stands in the CRD
 */
record Schema(Map<?, ?> definition) {
    /** Object metadata as the API server knows it; what planning does not read may be anything. */
    private static final String METADATA =
            """
            type: object
            required: [name]
            properties:
              name: {type: string, minLength: 1, maxLength: 253, pattern: '%s'}
              namespace: {type: string, maxLength: 63, pattern: '%s'}
              labels: {type: object, additionalProperties: {type: string, maxLength: 63}}
              annotations: {type: object, additionalProperties: {type: string}}
              uid: {}
              generation: {}
              creationTimestamp: {}
              resourceVersion: {}
              generateName: {}
              finalizers: {}
              ownerReferences: {}
              managedFields: {}
              selfLink: {}
            """
                    .formatted(Syntax.OBJECT_NAME, Syntax.NAME);

    /**
     * A rule in CEL.
     *
     * @param fieldPath the field that the message speaks of, relative to the object; empty for the object
     */
    record Rule(String rule, String message, String fieldPath) {
        /** Whether it compares with what was there before. */
        boolean ofTransition() {
            return rule.contains("oldSelf");
        }
    }

    /** The schema of a kind, from the CRD in the jar. */
    static Schema of(Kind kind) {
        Map<?, ?> crd = definition(kind);
        var version = (Map<?, ?>) ((List<?>) in(in(crd, "spec"), "versions")).getFirst();
        Map<?, ?> schema = (Map<?, ?>) in(in(version, "schema"), "openAPIV3Schema");
        var properties = new LinkedHashMap<Object, Object>((Map<?, ?>) in(schema, "properties"));
        properties.put("apiVersion", Map.of("type", "string"));
        properties.put("kind", Map.of("type", "string"));
        properties.put("metadata", new Load(LoadSettings.builder().build()).loadFromString(METADATA));
        properties.put("status", Map.of());
        var complete = new LinkedHashMap<Object, Object>(schema);
        complete.put("properties", properties);
        complete.put("required", List.of("metadata", "spec"));
        return new Schema(complete);
    }

    /**
     * {@code object}, {@code array}, {@code string}, {@code integer}, {@code number}, {@code boolean},
     * {@code int-or-string}; or {@code any}.
     */
    String type() {
        return Boolean.TRUE.equals(definition.get("x-kubernetes-int-or-string"))
                ? "int-or-string"
                : text("type").orElse("any");
    }

    /** Names of an object's fields. */
    List<String> fields() {
        return definition.get("properties") instanceof Map<?, ?> properties
                ? properties.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The schema of an object's field, or of a map's value. */
    Optional<Schema> field(String name) {
        Object values = definition.get("additionalProperties");
        return values != null ? of(values) : of(((Map<?, ?>) in(definition, "properties")).get(name));
    }

    Optional<Schema> items() {
        return of(definition.get("items"));
    }

    List<String> required() {
        return texts("required");
    }

    /** The field in which a list's items differ. */
    Optional<String> key() {
        return texts("x-kubernetes-list-map-keys").stream().findFirst();
    }

    @Nullable
    Object defaultValue() {
        return definition.get("default");
    }

    List<String> oneOf() {
        return texts("enum");
    }

    Optional<String> text(String keyword) {
        return Optional.ofNullable((String) definition.get(keyword));
    }

    /** A bound, such as {@code maximum} or {@code maxItems}. */
    Optional<Number> number(String keyword) {
        return Optional.ofNullable((Number) definition.get(keyword));
    }

    boolean is(String keyword) {
        return Boolean.TRUE.equals(definition.get(keyword));
    }

    List<Rule> rules() {
        return definition.get("x-kubernetes-validations") instanceof List<?> rules
                ? rules.stream().map(it -> rule((Map<?, ?>) it)).toList()
                : List.of();
    }

    private static Rule rule(Map<?, ?> rule) {
        Object fieldPath = rule.get("fieldPath");
        return new Rule(
                (String) in(rule, "rule"),
                (String) in(rule, "message"),
                fieldPath == null ? "" : fieldPath.toString().substring(1));
    }

    private List<String> texts(String keyword) {
        return definition.get(keyword) instanceof List<?> texts
                ? texts.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static Optional<Schema> of(@Nullable Object definition) {
        return definition instanceof Map<?, ?> map ? Optional.of(new Schema(map)) : Optional.empty();
    }

    private static Map<?, ?> definition(Kind kind) {
        String file = "/dev/lethe/api/crds/" + kind.name().toLowerCase(Locale.ROOT) + "s.yaml";
        try (InputStream crd = Objects.requireNonNull(Schema.class.getResourceAsStream(file), file)) {
            return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(crd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object in(Object map, String key) {
        return Objects.requireNonNull(((Map<?, ?>) map).get(key), key);
    }
}
