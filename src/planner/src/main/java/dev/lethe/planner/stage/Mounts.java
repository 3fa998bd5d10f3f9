package dev.lethe.planner.stage;

import dev.lethe.api.resource.Location;
import dev.lethe.planner.recipe.InvalidSpec;
import java.nio.file.Path;

/** Maps a URI of a spec to where a worker finds it. */
@FunctionalInterface
public interface Mounts {
    /** The {@code file:/…} URI of the mounted path. */
    String path(String uri);

    /** Local files; relative paths begin at the manifest's folder. */
    static Mounts local(Path manifestFolder) {
        return uri -> Location.of(uri).orElse(null) instanceof Location.File(String path)
                ? file(manifestFolder.toAbsolutePath().resolve(path).normalize().toString())
                : refuse(uri, "a file: URI, as there is no cluster to mount others");
    }

    /** Claims, each mounted by its name below {@code root}: {@code pvc://CLAIM/PATH} is ROOT/CLAIM/PATH. */
    static Mounts claims(String root) {
        return uri -> {
            if (!(Location.of(uri).orElse(null) instanceof Location.Claim claim)) {
                return refuse(uri, "a pvc://CLAIM/PATH URI");
            }
            return claim.climbs()
                    ? refuse(uri, "a path inside its claim, without '..'")
                    : file(root + "/" + claim.claim() + "/" + claim.path());
        };
    }

    private static String file(String path) {
        return new Location.File(path).uri();
    }

    private static String refuse(String uri, String expected) {
        throw new InvalidSpec("spec", uri, expected);
    }
}
