package dev.lethe.operator.cluster;

import dev.lethe.api.resource.Catalogued;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Opaque;
import dev.lethe.api.resource.Source;
import dev.lethe.catalog.Catalog;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks that the cluster's CRDs have every field that this version writes: an API server silently drops those that they
 * lack.
 */
public record InstalledCrds(KubernetesClient client) {
    private static final int MAX_SHOWN = 3;

    /** CRDs are read as plain maps: loading the client's classes for schemas takes longer than the operator's start. */
    private static final ResourceDefinitionContext CRD = new ResourceDefinitionContext.Builder()
            .withGroup("apiextensions.k8s.io")
            .withVersion("v1")
            .withKind("CustomResourceDefinition")
            .withPlural("customresourcedefinitions")
            .withNamespaced(false)
            .build();

    /** What is wrong, in one line; empty where nothing is, or the operator may not read CRDs. */
    public Optional<String> problem() {
        return Stream.of(Kind.values())
                .flatMap(kind -> problem(kind, LetheObject.of(kind).getCRDName()).stream())
                .findFirst();
    }

    private Optional<String> problem(Kind kind, String name) {
        try {
            var installed =
                    client.genericKubernetesResources(CRD).withName(name).get();
            if (installed == null) {
                return Optional.of("CustomResourceDefinition " + name + ": found none, expected this version's");
            }
            var missing = new TreeSet<>(fields(kind));
            missing.removeAll(fields(installed));
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("CustomResourceDefinition %s: found one without %s, expected this version's"
                            .formatted(name, missing.stream().limit(MAX_SHOWN).collect(Collectors.joining(", "))));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return Optional.empty();
            }
            return Optional.of("the API server: " + e.getMessage());
        }
    }

    /** Every field of a kind's records, such as {@code spec.model.uri}. */
    static Set<String> fields(Kind kind) {
        var fields = new TreeSet<String>();
        collect("spec", kind.specType(), fields);
        collect("status", kind.statusType(), fields);
        return fields;
    }

    private static void collect(String path, Type type, Set<String> fields) {
        fields.add(path);
        if (type instanceof ParameterizedType generic) {
            // The elements of a list and the values of a map have no name in the path.
            collect(path, generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1], fields);
        } else if (type instanceof Class<?> record && record.isRecord()) {
            for (var component : record.getRecordComponents()) {
                var catalogued = component.getAnnotation(Catalogued.class);
                if (component.isAnnotationPresent(Opaque.class)) {
                    fields.add(path + "." + component.getName());
                } else if (catalogued != null && component.getType() == Map.class) {
                    collectOptions(path, catalogued.value(), fields);
                } else if (component.getType() == Execution.class) {
                    collect(path, Execution.class, fields);
                } else {
                    collect(path + "." + component.getName(), component.getGenericType(), fields);
                }
            }
        }
    }

    /** The catalogue's options are fields of the record itself; {@code weights.kl} is a field of {@code weights}. */
    private static void collectOptions(String path, Catalogued.Sort sort, Set<String> fields) {
        for (var option : sort.options()) {
            fields.add(path + "." + option.name().split("\\.", 2)[0]);
            fields.add(path + "." + option.name());
        }
        if (sort == Catalogued.Sort.SUITE) {
            Catalog.SUITE_INPUTS.forEach(input -> collect(path + "." + input.name(), Source.class, fields));
        }
    }

    /** Every field of spec and status in the version that the operator uses, if that version is served. */
    static Set<String> fields(GenericKubernetesResource crd) {
        List<Map<String, Object>> versions = crd.get("spec", "versions");
        var fields = new TreeSet<String>();
        versions.stream()
                .filter(version -> LetheObject.VERSION.equals(version.get("name")))
                .filter(version -> Boolean.TRUE.equals(version.get("served")))
                .map(version ->
                        only(map(map(map(version, "schema"), "openAPIV3Schema"), "properties"), "spec", "status"))
                .forEach(properties -> collect("", properties, fields));
        return fields;
    }

    private static void collect(String prefix, Map<String, Object> properties, Set<String> fields) {
        properties.keySet().forEach(name -> {
            fields.add(prefix + name);
            collectSchema(prefix + name + ".", map(properties, name), fields);
        });
    }

    private static void collectSchema(String prefix, Map<String, Object> schema, Set<String> fields) {
        collect(prefix, map(schema, "properties"), fields);
        for (var inner : List.of("items", "additionalProperties")) {
            if (schema.get(inner) instanceof Map) {
                collectSchema(prefix, map(schema, inner), fields);
            }
        }
    }

    /** The object under that name; an empty one where there is none. */
    @SuppressWarnings("unchecked") // JSON's objects have names for keys
    private static Map<String, Object> map(Map<String, Object> object, String name) {
        return (Map<String, Object>) object.getOrDefault(name, Map.of());
    }

    /** The object with those names alone. */
    private static Map<String, Object> only(Map<String, Object> object, String... names) {
        return Stream.of(names).filter(object::containsKey).collect(Collectors.toMap(name -> name, object::get));
    }
}
