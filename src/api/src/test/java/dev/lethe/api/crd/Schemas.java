package dev.lethe.api.crd;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.Catalogued;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.KeyedBy;
import dev.lethe.api.resource.OneOf;
import dev.lethe.api.resource.Opaque;
import dev.lethe.api.resource.Syntax;
import dev.lethe.api.status.Reason;
import io.fabric8.generator.annotation.Size;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds to a generated schema what the generator cannot say, from the records behind it. */
record Schemas(Javadoc javadoc) {
    /** The schema of an object, from the record that it is read into. */
    void complete(ObjectNode schema, Class<?> record) {
        ArrayNode required = schema.arrayNode();
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getType() == Execution.class) {
                ObjectNode properties = (ObjectNode) schema.get("properties");
                properties.setAll(
                        (ObjectNode) properties.remove(component.getName()).get("properties"));
                complete(schema, Execution.class);
                continue;
            }
            Catalogued options = component.getAnnotation(Catalogued.class);
            if (options != null && component.getType() == Map.class) {
                CatalogSchema.options(
                        schema, component.getName(), options.value(), record.getRecordComponents()[0].getName());
                continue;
            }
            ObjectNode property = (ObjectNode) schema.path("properties").path(component.getName());
            if (component.isAnnotationPresent(Opaque.class)) {
                property.removeAll().put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
                property.put(
                        "description",
                        javadoc.of(component, component.getType()).orElseThrow());
                continue;
            }
            Class<?> leaf = complete(property, component.getGenericType(), component);
            property.put(
                    "description",
                    javadoc.of(component, leaf)
                            .orElseThrow(() -> new AssertionError(
                                    "no javadoc for " + record.getSimpleName() + "." + component.getName())));
            if (required(component)) {
                required.add(component.getName());
            }
        }
        for (Method derived : record.getDeclaredMethods()) {
            if (derived.isAnnotationPresent(JsonProperty.class)) {
                ((ObjectNode) schema.at("/properties/" + derived.getName()))
                        .put("description", javadoc.of(derived).orElseThrow());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        CatalogRules.add(schema, record);
    }

    /** A component that is never null; an absent list or map is an empty one, where that is allowed. */
    private static boolean required(RecordComponent component) {
        boolean container =
                List.class.isAssignableFrom(component.getType()) || Map.class.isAssignableFrom(component.getType());
        Size size = component.getAccessor().getAnnotation(Size.class);
        return !component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                && (!container || (size != null && size.min() > 0));
    }

    /** Returns the innermost type. */
    private Class<?> complete(ObjectNode schema, Type type, AnnotatedElement component) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            KeyedBy key = component.getAnnotation(KeyedBy.class);
            schema.put("x-kubernetes-list-type", key == null ? "atomic" : "map");
            if (key != null) {
                schema.putArray("x-kubernetes-list-map-keys").add(key.value());
            }
            return complete((ObjectNode) schema.get("items"), list.getActualTypeArguments()[0], component);
        }
        if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            return complete(
                    (ObjectNode) schema.get("additionalProperties"), map.getActualTypeArguments()[1], component);
        }
        Class<?> leaf = (Class<?>) type;
        if (leaf.isRecord()) {
            complete(schema, leaf);
        } else {
            scalar(schema, leaf, component);
        }
        return leaf;
    }

    private static void scalar(ObjectNode schema, Class<?> type, AnnotatedElement component) {
        if (type == Long.class || type == long.class) {
            schema.put("format", "int64");
        } else if (type == Integer.class || type == int.class) {
            schema.put("format", "int32");
        } else if (type == Instant.class) {
            schema.put("type", "string").put("format", "date-time");
        } else if (type == Reason.class) {
            // An operator that knows a new reason must be able to write it under an older schema.
            schema.remove("enum");
        }
        Catalogued name = component.getAnnotation(Catalogued.class);
        if (name != null) {
            CatalogSchema.names(schema, name.value());
        }
        OneOf values = component.getAnnotation(OneOf.class);
        if (values != null) {
            ArrayNode array = schema.putArray("enum");
            List.of(values.value()).forEach(array::add);
        }
        if (schema.path("pattern").asText().equals(Syntax.QUANTITY)) {
            schema.remove("type");
            ArrayNode either = schema.putArray("anyOf");
            either.addObject().put("type", "integer");
            either.addObject().put("type", "string");
            schema.put("x-kubernetes-int-or-string", true);
        }
        for (String bound : List.of("minimum", "maximum", "default")) {
            JsonNode value = schema.path(bound);
            if (value.isNumber() && value.doubleValue() == value.longValue()) {
                schema.put(bound, value.longValue());
            }
        }
    }
}
