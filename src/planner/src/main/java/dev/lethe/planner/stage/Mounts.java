package dev.lethe.planner.stage;

import dev.lethe.planner.recipe.InvalidSpec;
import java.nio.file.Path;
import java.util.List;

/** Maps a URI of a spec to where a worker finds it. */
@FunctionalInterface
public interface Mounts {
    /** The {@code file:/…} URI of the mounted path. */
    String path(String uri);

    /** Local files; relative paths begin at the manifest's folder. */
    static Mounts local(Path manifestFolder) {
        return uri -> {
            if (!uri.startsWith("file:")) {
                throw new InvalidSpec("spec", uri, "a file: URI, as there is no cluster to mount others");
            }
            var path = uri.substring("file:".length()).replaceFirst("^/+", "/");
            return "file:" + manifestFolder.toAbsolutePath().resolve(path).normalize();
        };
    }

    /** Claims, each mounted by its name below {@code root}: {@code pvc://CLAIM/PATH} is ROOT/CLAIM/PATH. */
    static Mounts claims(String root) {
        return uri -> {
            if (!uri.startsWith("pvc://")) {
                throw new InvalidSpec("spec", uri, "a pvc://CLAIM/PATH URI");
            }
            var path = uri.substring("pvc://".length());
            if (List.of(path.split("/")).contains("..")) {
                throw new InvalidSpec("spec", uri, "a path inside its claim, without '..'");
            }
            return "file:" + root + "/" + path;
        };
    }
}
