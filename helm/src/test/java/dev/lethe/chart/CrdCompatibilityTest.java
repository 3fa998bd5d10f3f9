package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a cluster holds of the last released kinds is as good under these. A release copies {@code crds/} to
 * {@code helm/src/test/resources/released-crds/}.
 */
class CrdCompatibilityTest {
    private static final Path RELEASED = Chart.HOME.resolve("helm/src/test/resources/released-crds");

    /** Those that were released: a kind that is new has taken nothing yet. */
    static List<String> kinds() throws IOException {
        try (var files = Files.list(RELEASED)) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyReleasedVersionIsServedAndTakesWhatItTook(String kind) {
        var released = Chart.yaml(RELEASED.resolve(kind + ".yaml"));
        var present = Chart.yaml(Chart.HOME.resolve("crds/" + kind + ".yaml"));

        assertThat(present.at("/spec/names")).isEqualTo(released.at("/spec/names"));
        assertThat(present.at("/spec/scope")).isEqualTo(released.at("/spec/scope"));
        var schemas = schemas(present);
        assertThat(schemas(released)).allSatisfy((version, schema) -> {
            assertThat(schemas).containsKey(version);
            assertThat(breaks(version, schema, schemas.get(version))).isEmpty();
        });
    }

    private static Map<String, JsonNode> schemas(JsonNode crd) {
        return Chart.elements(crd.at("/spec/versions"))
                .filter(version -> version.path("served").asBoolean())
                .collect(Collectors.toMap(
                        version -> version.path("name").asText(), version -> version.at("/schema/openAPIV3Schema")));
    }

    /** What of {@code before} is not so any more, a line each. */
    private static Stream<String> breaks(String path, JsonNode before, JsonNode after) {
        if (after.isMissingNode()) {
            return Stream.of(path + ": removed");
        }
        var type = before.path("type").equals(after.path("type"))
                ? Stream.<String>empty()
                : Stream.of("%s: was %s, is %s".formatted(path, before.path("type"), after.path("type")));
        var required = missing(after.path("required"), before.path("required"))
                .map(field -> path + "." + field + ": newly required");
        // A list of values where there was none shuts out all others.
        var values = before.has("enum") || !after.has("enum")
                ? missing(before.path("enum"), after.path("enum"))
                        .filter(value -> after.has("enum"))
                        .map(value -> path + ": no longer takes " + value)
                : Stream.of(path + ": newly limited to " + after.get("enum"));
        var inner = Stream.concat(
                before.path("properties").properties().stream()
                        .flatMap(field -> breaks(
                                path + "." + field.getKey(),
                                field.getValue(),
                                after.path("properties").path(field.getKey()))),
                Stream.of("items", "additionalProperties")
                        .filter(before::has)
                        .flatMap(of -> breaks(path + "." + of, before.get(of), after.path(of))));
        return Stream.of(type, required, values, inner).flatMap(it -> it);
    }

    private static Stream<String> missing(JsonNode these, JsonNode those) {
        Set<String> there = Chart.texts(those).collect(Collectors.toSet());
        return Chart.texts(these).filter(text -> !there.contains(text));
    }

    @Test
    void everyKindOfBreakIsSeen() {
        assertThat(afterChange(spec -> properties(spec).remove("density"))).containsExactly("spec.density: removed");
        assertThat(afterChange(spec -> at(spec, "density").put("type", "string")))
                .containsExactly("spec.density: was \"number\", is \"string\"");
        assertThat(afterChange(spec -> spec.withArray("required").add("density")))
                .containsExactly("spec.density: newly required");
        assertThat(afterChange(spec -> ((ArrayNode) at(spec, "method").get("enum")).remove(0)))
                .hasSize(1)
                .allMatch(line -> line.startsWith("spec.method: no longer takes "));
        assertThat(afterChange(spec -> at(spec, "output")
                        .withObjectProperty("properties")
                        .withObjectProperty("uri")
                        .putArray("enum")
                        .add("one")))
                .containsExactly("spec.output.uri: newly limited to [\"one\"]");
        assertThat(afterChange(spec -> properties(spec).putObject("novel").put("type", "string")))
                .isEmpty();
    }

    private static Stream<String> afterChange(Consumer<ObjectNode> change) {
        var schema = schemas(Chart.yaml(RELEASED.resolve("modelmerges.yaml")))
                .values()
                .iterator()
                .next()
                .at("/properties/spec");
        ObjectNode changed = schema.deepCopy();
        change.accept(changed);
        return breaks("spec", schema, changed);
    }

    private static ObjectNode properties(ObjectNode schema) {
        return (ObjectNode) schema.get("properties");
    }

    private static ObjectNode at(ObjectNode schema, String property) {
        return (ObjectNode) properties(schema).get(property);
    }
}
