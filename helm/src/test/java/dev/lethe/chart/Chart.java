package dev.lethe.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The chart, rendered by the helm that helm-java embeds. */
final class Chart {
    static final Path HOME = Path.of(System.getProperty("lethe.home"));
    static final Path FOLDER = HOME.resolve("helm/lethe");
    static final String NAMESPACE = "lethe-system";
    static final YAMLMapper YAML = new YAMLMapper();

    private static final Map<Path, String> RENDERED = new ConcurrentHashMap<>();
    private static final Map<String, Path> VALUES = new ConcurrentHashMap<>();

    private Chart() {}

    /** The values that the chart is tested with: its own, and each file of {@code ci/}. */
    static List<Path> modes() {
        return Stream.of("values.yaml", "ci/namespaced-values.yaml", "ci/monitoring-values.yaml")
                .map(FOLDER::resolve)
                .toList();
    }

    static Path mode(String name) {
        return FOLDER.resolve("ci/" + name + "-values.yaml");
    }

    /** Rendered anew. */
    static String text(Path values) {
        return text("lethe", NAMESPACE, values);
    }

    /** What this release would be in that namespace. */
    static String text(String release, String namespace, Path values) {
        return new Helm(FOLDER)
                .template()
                .withName(release)
                .withNamespace(namespace)
                .withKubeVersion("v1.34.4")
                .withValuesFile(values)
                .call();
    }

    /** The objects that these values make; rendered once. */
    static List<JsonNode> render(Path values) {
        return documents(RENDERED.computeIfAbsent(values, Chart::text));
    }

    static List<JsonNode> render(String values) {
        return render(VALUES.computeIfAbsent(values, Chart::file));
    }

    /** A file of values. */
    static Path file(String values) {
        try {
            return Files.writeString(Files.createTempFile("values", ".yaml"), values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> of(List<JsonNode> objects, String kind) {
        return objects.stream().filter(it -> it.path("kind").asText().equals(kind));
    }

    static List<JsonNode> documents(String yaml) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return documents.readAll().stream().filter(it -> it.isObject()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A document with its anchors resolved. */
    static JsonNode yaml(Path file) {
        try {
            var document = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            return YAML.valueToTree(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> texts(JsonNode array) {
        return elements(array).map(JsonNode::asText);
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
