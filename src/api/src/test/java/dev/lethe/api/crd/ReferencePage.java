package dev.lethe.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Syntax;
import dev.lethe.api.status.Reason;
import dev.lethe.catalog.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code docs/reference.md}: every field of every kind, from the CRDs. */
final class ReferencePage {
    private static final Map<String, String> SYNTAX = Map.of(
            Syntax.URI,
                    Catalog.SOURCES.all().stream()
                            .map(it -> "`" + it.form() + "`")
                            .collect(Collectors.joining(" or ")),
            Syntax.DIGEST, "`sha256:` and 64 hex digits",
            Syntax.NAME, "DNS label",
            Syntax.OBJECT_NAME, "DNS subdomain",
            Syntax.METRIC, "`suite/metric`",
            Syntax.LABEL, "label value",
            Syntax.LABEL_KEY, "label key",
            Syntax.QUANTITY, "Kubernetes quantity, not negative");

    private static final Path EXAMPLES = Path.of("../../examples");

    private final StringBuilder page = new StringBuilder();

    /** Where an object's fields stand, by those fields. */
    private final Map<JsonNode, String> explained = new HashMap<>();

    private ReferencePage() {}

    static String of(Map<Kind, Crd> crds, Javadoc javadoc) {
        var reference = new ReferencePage();
        reference.line(
                """
                <!-- Generated from src/api by `make crds`; do not edit. -->
                # Reference

                API group `lethe.dev/v1alpha1`. The same bounds and rules hold in a cluster (`kubectl apply`) and on a laptop
                (`lethe run -f`). What is not marked as required may be left out. `kubectl explain ulj.spec` shows these texts, too.
                """);
        crds.values().forEach(reference::kind);
        reference.line("## Reasons\n");
        reference.line("Why a condition, a stage or an attempt is as it is. A reason is never renamed.\n");
        reference.line("| reason | meaning |\n|---|---|");
        for (Reason reason : Reason.values()) {
            String meaning = javadoc.comments().get("Reason." + reason);
            reference.line("| `" + reason + "` | " + meaning + " |");
        }
        return reference.page.toString();
    }

    private void kind(Crd crd) {
        ObjectNode schema = crd.schema();
        explained.clear();
        explain(Map.of("spec", schema.at("/properties/spec")));
        explain(Map.of("status", schema.at("/properties/status")));
        line("## " + crd.kind() + "\n");
        line(text(schema, "description") + "\n");
        line("Short name `" + crd.definition().at("/spec/names/shortNames/0").asText() + "`." + examples(crd) + "\n");
        line("| field | type | default | bounds | |\n|---|---|---|---|---|");
        rows("spec", schema.at("/properties/spec"));
        line("\nRules:\n");
        rules(schema).forEach(it -> line("- " + it));
        line(
                "- after creation, only `suspend`, `retry` and `activeDeadlineSeconds` may change; the last only upward\n");
        line("<details><summary>Status</summary>\n");
        line("| field | type | |\n|---|---|---|");
        statusRows("status", schema.at("/properties/status"));
        line("\n</details>\n");
    }

    /** Links to what is in {@code examples/} of this kind. */
    private static String examples(Crd crd) {
        try (var files = Files.walk(EXAMPLES)) {
            var links = files.filter(it -> it.toString().endsWith(".yaml") && holds(it, "\nkind: " + crd.kind() + "\n"))
                    .map(it -> EXAMPLES.relativize(it).toString())
                    .sorted()
                    .map(it -> "[%s](../examples/%1$s)".formatted(it))
                    .toList();
            return links.isEmpty() ? "" : " Examples: " + String.join(", ", links) + ".";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void rows(String path, JsonNode object) {
        object.path("properties").properties().forEach(property -> {
            String field = path + "." + property.getKey();
            JsonNode schema = property.getValue();
            boolean required = object.path("required").valueStream().anyMatch(it -> it.asText()
                    .equals(property.getKey()));
            row(
                    "`" + field + "`",
                    type(schema),
                    required ? "required" : code(schema.path("default")),
                    bounds(schema),
                    text(schema, "description") + seen(field, schema));
            nested(field, schema).forEach((at, it) -> rows(at, it));
        });
    }

    private void statusRows(String path, JsonNode object) {
        object.path("properties").properties().forEach(property -> {
            String field = path + "." + property.getKey();
            JsonNode schema = property.getValue();
            row(
                    "`" + field + "`",
                    schema.has("enum") ? bounds(schema) : type(schema),
                    text(schema, "description") + seen(field, schema));
            nested(field, schema).forEach((at, it) -> statusRows(at, it));
        });
    }

    /** Notes for each object's fields where they stand first, level by level. */
    private void explain(Map<String, JsonNode> level) {
        Map<String, JsonNode> next = new TreeMap<>();
        level.forEach((path, object) -> object.path("properties").properties().forEach(property -> {
            String field = path + "." + property.getKey();
            JsonNode inner = leaf(property.getValue());
            if (inner.has("properties") && explained.putIfAbsent(inner.get("properties"), field) == null) {
                next.put(field + suffix(property.getValue()), inner);
            }
        }));
        if (!next.isEmpty()) {
            explain(next);
        }
    }

    /** The object within a field, where this is the place that explains it. */
    private Map<String, JsonNode> nested(String field, JsonNode schema) {
        JsonNode object = leaf(schema);
        return field.equals(explained.get(object.path("properties")))
                ? Map.of(field + suffix(schema), object)
                : Map.of();
    }

    private String seen(String field, JsonNode schema) {
        return Optional.ofNullable(explained.get(leaf(schema).path("properties")))
                .filter(it -> !it.equals(field))
                .map(it -> " Fields as in `" + it + "`.")
                .orElse("");
    }

    private static JsonNode leaf(JsonNode schema) {
        return schema.has("items")
                ? leaf(schema.get("items"))
                : schema.has("additionalProperties") ? leaf(schema.get("additionalProperties")) : schema;
    }

    private static String suffix(JsonNode schema) {
        return schema.has("items") ? "[]" : schema.has("additionalProperties") ? ".*" : "";
    }

    private static String type(JsonNode schema) {
        if (schema.has("items")) {
            return "list of " + plural(type(schema.get("items")));
        } else if (schema.has("additionalProperties")) {
            return "map of " + plural(type(schema.get("additionalProperties")));
        }
        return schema.path("x-kubernetes-int-or-string").asBoolean()
                ? "quantity"
                : schema.path("format").asText().equals("date-time") ? "time" : text(schema, "type");
    }

    private static String plural(String type) {
        return type.startsWith("map") || type.startsWith("list") ? type : type.replaceFirst("y$", "ie") + "s";
    }

    private static String bounds(JsonNode schema) {
        List<String> bounds = new ArrayList<>();
        schema.path("enum")
                .valueStream()
                .map(ReferencePage::code)
                .reduce((a, b) -> a + ", " + b)
                .ifPresent(bounds::add);
        bound(schema, "minimum", schema.path("exclusiveMinimum").asBoolean() ? "> " : "≥ ")
                .ifPresent(bounds::add);
        bound(schema, "maximum", schema.path("exclusiveMaximum").asBoolean() ? "< " : "≤ ")
                .ifPresent(bounds::add);
        Optional.ofNullable(SYNTAX.get(text(schema, "pattern"))).ifPresent(bounds::add);
        bound(schema, "maxLength", "≤ ").map(it -> it + " characters").ifPresent(bounds::add);
        bound(schema, "minItems", "≥ ").map(it -> it + " items").ifPresent(bounds::add);
        bound(schema, "maxItems", "≤ ").map(it -> it + " items").ifPresent(bounds::add);
        bound(schema, "maxProperties", "≤ ").map(it -> it + " entries").ifPresent(bounds::add);
        Optional.of(schema.path("x-kubernetes-list-map-keys").path(0).asText())
                .filter(it -> !it.isEmpty())
                .ifPresent(it -> bounds.add("one of each `" + it + "`"));
        return String.join(", ", bounds);
    }

    private static Optional<String> bound(JsonNode schema, String keyword, String sign) {
        return Optional.of(schema.path(keyword)).filter(JsonNode::isNumber).map(it -> sign + it.asText());
    }

    /** Messages of the rules, each once; those of transition have a sentence of their own. */
    private static Set<String> rules(JsonNode schema) {
        return Stream.concat(
                        schema.path("x-kubernetes-validations")
                                .valueStream()
                                .filter(it -> !it.get("rule").asText().contains("oldSelf"))
                                .map(it -> it.get("message").asText()),
                        schema.valueStream().flatMap(it -> rules(it).stream()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String code(JsonNode value) {
        return value.isMissingNode() ? "" : "`" + value.asText() + "`";
    }

    private static String text(JsonNode schema, String keyword) {
        return schema.path(keyword).asText();
    }

    private void row(String... cells) {
        line(Stream.of(cells).map(it -> it.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |")));
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
