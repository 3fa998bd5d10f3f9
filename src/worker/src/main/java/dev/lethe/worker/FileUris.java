package dev.lethe.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.merge.InvalidInput;
import java.nio.file.Path;

/** {@code file:} URIs. */
public final class FileUris {
    private static final String SCHEME = "file:";

    private FileUris() {}

    /** The path of an absolute {@code file:} URI. */
    public static Path path(String uri) {
        return Path.of(uri.substring(SCHEME.length()).replaceFirst("^/+", "/"));
    }

    /** The absolute URI of a path. */
    public static String uri(Path path) {
        return SCHEME + path.toAbsolutePath().normalize();
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
        if (!uri.startsWith(SCHEME)) {
            throw InvalidInput.at(manifest.toString(), field, uri, "a file: URI; other schemes need a cluster");
        }
        return uri(manifest.toAbsolutePath().getParent().resolve(path(uri)));
    }
}
