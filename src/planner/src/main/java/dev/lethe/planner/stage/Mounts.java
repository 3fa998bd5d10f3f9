package dev.lethe.planner.stage;

import dev.lethe.api.resource.InvalidLocation;
import dev.lethe.api.resource.Location;
import dev.lethe.planner.recipe.InvalidSpec;
import java.nio.file.Path;
import java.util.Map;

/** Maps a URI of a spec to where a worker finds it. */
@FunctionalInterface
public interface Mounts {
    /**
     * The {@code file:/…} URI of the mounted path.
     *
     * @throws InvalidSpec for what no worker there finds
     */
    String path(String uri);

    /** Local files; relative paths begin at the manifest's folder. */
    static Mounts local(Path manifestFolder) {
        return uri -> switch (location(uri)) {
            case Location.File(String path) ->
                file(manifestFolder.toAbsolutePath().resolve(path).normalize().toString());
            case Location.Claim _ -> refuse(uri, "a file: URI, as there is no cluster to mount others");
            case Location.Remote _ -> refuse(uri, "a file: URI, as it was not fetched");
        };
    }

    /**
     * Local files, and what was fetched to this machine.
     *
     * @param fetched where it is, by the URI that names its content for ever
     */
    static Mounts local(Path manifestFolder, Map<String, Path> fetched) {
        Mounts others = local(manifestFolder);
        return uri -> {
            Path path = fetched.get(uri);
            return path == null ? others.path(uri) : file(path.toString());
        };
    }

    /** Claims, each mounted by its name below {@code root}: {@code pvc://CLAIM/PATH} is ROOT/CLAIM/PATH. */
    static Mounts claims(String root) {
        return uri -> switch (location(uri)) {
            case Location.Claim(String claim, String path) -> file(root + "/" + claim + "/" + path);
            case Location.File _ -> refuse(uri, "a pvc://CLAIM/PATH URI");
            case Location.Remote _ ->
                refuse(
                        uri,
                        "a pvc://CLAIM/PATH URI, as a cluster neither fetches nor publishes elsewhere; ./lethe fetch brings files into a folder");
        };
    }

    private static Location location(String uri) {
        try {
            return Location.of(uri);
        } catch (InvalidLocation e) {
            throw new InvalidSpec("spec", e.found(), e.expected());
        }
    }

    private static String file(String path) {
        return new Location.File(path).uri();
    }

    private static String refuse(String uri, String expected) {
        throw new InvalidSpec("spec", uri, expected);
    }
}
