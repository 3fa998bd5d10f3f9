package dev.lethe.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.InvalidLocation;
import dev.lethe.api.resource.Location;
import dev.lethe.api.resource.Resource;
import dev.lethe.merge.InvalidInput;
import java.nio.file.Path;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** {@code file:} URIs, and those of a resource. */
public final class FileUris {
    private FileUris() {}

    /** The path of an absolute {@code file:} URI. */
    public static Path path(String uri) {
        if (!(Location.of(uri) instanceof Location.File(String path))) {
            throw new IllegalArgumentException("no file: URI: " + uri);
        }
        return Path.of(path);
    }

    /** The absolute URI of a path. */
    public static String uri(Path path) {
        return new Location.File(path.toAbsolutePath().normalize().toString()).uri();
    }

    /**
     * The resource with every {@code file:} URI absolute. It may read what is elsewhere, which is fetched first, and writes to
     * this machine alone.
     *
     * @param manifest the file that the resource stands in; relative URIs begin at its folder
     * @throws InvalidInput for a URI that only a cluster can resolve, and an output that is elsewhere
     */
    public static Resource<?, ?> absolute(Resource<?, ?> resource, Path manifest) {
        return changed(resource, manifest.toString(), (field, uri) -> absolute(uri, field, manifest));
    }

    /** The resource with every URI changed. */
    public static Resource<?, ?> changed(Resource<?, ?> resource, UnaryOperator<String> change) {
        return changed(resource, resource.name(), (field, uri) -> change.apply(uri));
    }

    /** @param change makes a URI of the path of its field and the one that stands there */
    private static Resource<?, ?> changed(Resource<?, ?> resource, String where, BinaryOperator<String> change) {
        ObjectMapper mapper = Documents.mapper();
        ObjectNode document = mapper.valueToTree(resource);
        change(document.path("spec"), "spec", change);
        return Documents.parse(where, document.toString(), Resource.class);
    }

    private static void change(JsonNode node, String field, BinaryOperator<String> change) {
        switch (node) {
            case ObjectNode object ->
                object.properties().forEach(entry -> {
                    String at = field + "." + entry.getKey();
                    if (entry.getKey().equals("uri") && entry.getValue().isTextual()) {
                        object.put("uri", change.apply(at, entry.getValue().textValue()));
                    } else {
                        change(entry.getValue(), at, change);
                    }
                });
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    change(array.get(i), "%s[%d]".formatted(field, i), change);
                }
            }
            default -> {} // a plain value
        }
    }

    private static String absolute(String uri, String field, Path manifest) {
        return switch (location(uri, field, manifest)) {
            case Location.File(String path) ->
                uri(manifest.toAbsolutePath().getParent().resolve(path));
            case Location.Remote remote when !field.startsWith("spec.output") -> remote.uri();
            case Location.Remote _ ->
                throw InvalidInput.at(
                        manifest.toString(), field, uri, "a file: URI, as a model is published to this machine alone");
            case Location.Claim _ ->
                throw InvalidInput.at(manifest.toString(), field, uri, "a file: URI; other schemes need a cluster");
        };
    }

    private static Location location(String uri, String field, Path manifest) {
        try {
            return Location.of(uri);
        } catch (InvalidLocation e) {
            throw InvalidInput.at(manifest.toString(), field, e.found(), e.expected());
        }
    }
}
