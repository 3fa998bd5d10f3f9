package dev.lethe.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Mutable;
import dev.lethe.api.status.Phase;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The custom resource definitions of our kinds, generated from the records of {@code dev.lethe.api}. */
record Crd(Kind kind, ObjectNode definition) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    /** Longest name of a job: its stages' names and its attempts' must fit into 63 characters. */
    private static final int JOB_NAME = 40;

    static Map<Kind, Crd> generate(Javadoc javadoc) {
        var schemas = new Schemas(javadoc);
        var crds = new EnumMap<Kind, Crd>(Kind.class);
        for (ObjectNode definition : generated()) {
            Crd crd = new Crd(Kind.valueOf(definition.at("/spec/names/kind").asText()), definition);
            crd.complete(schemas);
            crds.put(crd.kind, crd);
        }
        return crds;
    }

    String fileName() {
        return definition.at("/metadata/name").asText().replace(".lethe.dev", "") + ".yaml";
    }

    String yaml() {
        try {
            return "# Generated from src/api by `make crds`; do not edit.\n"
                    + YAML.writeValueAsString(sorted(definition));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ObjectNode schema() {
        return (ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema");
    }

    /** What the generator says alone, in a folder that is gone afterwards. */
    private static List<ObjectNode> generated() {
        // The generator does not know what is unwrapped; Schemas moves it to where it stands in documents.
        ObjectMapper mapper = Documents.mapper().setAnnotationIntrospector(new JacksonAnnotationIntrospector());
        try {
            Path folder = Files.createTempDirectory("crds");
            new CRDGenerator()
                    .withObjectMapper(mapper, new KubernetesSerialization(mapper, false))
                    .withParallelGenerationEnabled(false)
                    .forCRDVersions("v1")
                    .customResourceClasses(List.copyOf(Shells.ALL))
                    .inOutputDir(folder.toFile())
                    .generate();
            try (Stream<Path> files = Files.list(folder)) {
                var written = files.sorted().toList();
                var definitions = written.stream().map(Crd::read).toList();
                for (Path file : written) {
                    Files.delete(file);
                }
                Files.delete(folder);
                return definitions;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As other generators do: keys in alphabetical order, whatever they mean. */
    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode sorted = object.objectNode();
            object.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(it -> sorted.set(it.getKey(), sorted(it.getValue())));
            return sorted;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode items = array.arrayNode();
            array.forEach(it -> items.add(sorted(it)));
            return items;
        }
        return node;
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) YAML.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void complete(Schemas schemas) {
        ObjectNode spec = (ObjectNode) schema().at("/properties/spec");
        ObjectNode status = (ObjectNode) schema().at("/properties/status");
        schemas.complete(spec, kind.specType());
        schemas.complete(status, kind.statusType());
        if (spec.at("/properties/model") instanceof ObjectNode source) {
            CatalogSchema.fillSources(spec, source);
        }
        schema().put("description", schemas.javadoc().of(kind.specType()).orElseThrow());
        spec.put("description", "What is wanted.");
        status.put("description", schemas.javadoc().of(kind.statusType()).orElseThrow());
        status.putObject("default").put("observedGeneration", -1).put("phase", Phase.Pending.name());
        schema().putArray("required").add("spec");
        nameRules(schema());
        transitionRules(spec);
        ObjectNode version = (ObjectNode) definition.at("/spec/versions/0");
        ArrayNode columns = version.putArray("additionalPrinterColumns");
        for (Column column : Column.of(kind)) {
            columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type())
                    .put("jsonPath", column.jsonPath())
                    .put("priority", column.priority());
        }
    }

    private void nameRules(ObjectNode root) {
        int length = kind == Kind.UnlearningJob ? JOB_NAME : 63;
        rule(
                root,
                "self.metadata.name.size() <= " + length,
                null,
                "metadata.name may have at most " + length + " characters");
        rule(root, "!self.metadata.name.contains('.')", null, "metadata.name may not contain a dot");
    }

    /** A changed run is a new resource: only what is {@link Mutable} may change, and a deadline only upward. */
    private static void transitionRules(ObjectNode spec) {
        spec.get("properties").properties().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .filter(it -> !mutable(it.getKey()))
                .forEach(it -> rule(
                        spec,
                        unchanged(it.getKey(), it.getValue(), required(spec, it.getKey())),
                        "." + it.getKey(),
                        it.getKey() + " may not change: create a new resource"));
        rule(
                spec,
                "!has(self.activeDeadlineSeconds) || (has(oldSelf.activeDeadlineSeconds)"
                        + " && self.activeDeadlineSeconds >= oldSelf.activeDeadlineSeconds)",
                ".activeDeadlineSeconds",
                "activeDeadlineSeconds may only be raised, or removed");
    }

    private static String unchanged(String field, JsonNode schema, boolean required) {
        String equal = "self.%1$s == oldSelf.%1$s".formatted(field);
        JsonNode key = schema.at("/x-kubernetes-list-map-keys/0");
        if (!key.isMissingNode()) {
            // Lists of type map are equal in any order, but ours has a meaning.
            equal += " && self.%1$s.map(i, i.%2$s) == oldSelf.%1$s.map(i, i.%2$s)".formatted(field, key.asText());
        }
        return required
                ? equal
                : "has(self.%1$s) == has(oldSelf.%1$s) && (!has(self.%1$s) || (%2$s))".formatted(field, equal);
    }

    private static boolean mutable(String field) {
        try {
            return Execution.class.getMethod(field).isAnnotationPresent(Mutable.class);
        } catch (NoSuchMethodException e) {
            return false; // a field of one kind alone
        }
    }

    private static boolean required(ObjectNode schema, String field) {
        return Stream.of(schema.path("required"))
                .flatMap(it -> it.valueStream())
                .anyMatch(it -> it.asText().equals(field));
    }

    private static void rule(ObjectNode schema, String rule, String fieldPath, String message) {
        ObjectNode added = schema.withArray("x-kubernetes-validations").addObject();
        added.put("rule", rule);
        if (fieldPath != null) {
            added.put("fieldPath", fieldPath);
        }
        added.put("message", message);
    }
}
