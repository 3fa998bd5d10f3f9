package dev.lethe.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Location;
import dev.lethe.api.resource.Resource;
import dev.lethe.merge.InvalidInput;
import java.nio.file.Path;

/** {@code file:} URIs. */
public final class FileUris {
    private FileUris() {}

    /** The path of an absolute {@code file:} URI. */
    public static Path path(String uri) {
        if (!(Location.of(uri).orElse(null) instanceof Location.File(String path))) {
            throw new IllegalArgumentException("no file: URI: " + uri);
        }
        return Path.of(path);
    }

    /** The absolute URI of a path. */
    public static String uri(Path path) {
        return new Location.File(path.toAbsolutePath().normalize().toString()).uri();
    }

    /**
     * The resource with every URI absolute.
     *
     * @param manifest the file that the resource stands in; relative URIs begin at its folder
     * @throws InvalidInput for a URI that only a cluster can resolve
     */
    public static Resource<?, ?> absolute(Resource<?, ?> resource, Path manifest) {
        ObjectMapper mapper = Documents.mapper();
        ObjectNode document = mapper.valueToTree(resource);
        absolute(document.path("spec"), "spec", manifest);
        return Documents.parse(manifest.toString(), document.toString(), Resource.class);
    }

    private static void absolute(JsonNode node, String field, Path manifest) {
        switch (node) {
            case ObjectNode object ->
                object.properties().forEach(entry -> {
                    String at = field + "." + entry.getKey();
                    if (entry.getKey().equals("uri") && entry.getValue().isTextual()) {
                        object.put("uri", absolute(entry.getValue().textValue(), at, manifest));
                    } else {
                        absolute(entry.getValue(), at, manifest);
                    }
                });
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    absolute(array.get(i), "%s[%d]".formatted(field, i), manifest);
                }
            }
            default -> {} // a plain value
        }
    }

    private static String absolute(String uri, String field, Path manifest) {
        if (!(Location.of(uri).orElse(null) instanceof Location.File)) {
            throw InvalidInput.at(manifest.toString(), field, uri, "a file: URI; other schemes need a cluster");
        }
        return uri(manifest.toAbsolutePath().getParent().resolve(path(uri)));
    }
}
