package dev.lethe.cli.worker;

import dev.lethe.api.resource.Source;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.cli.manifest.LocalFiles;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.RefusedInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a stage reads, by role: held against the digests that it must have, and remembered for the result. */
final class Inputs {
    private final String stage;
    private final Digests digests;
    private final Map<String, Input> read = new TreeMap<>();

    Inputs(String stage, Digests digests) {
        this.stage = stage;
        this.digests = digests;
    }

    /**
     * The path of a source.
     *
     * @throws InvalidInput where nothing is there
     * @throws RefusedInput where it is not what its digest says
     */
    Path path(String role, Source source) {
        Path path = LocalFiles.path(source.uri());
        if (!Files.exists(path)) {
            throw InvalidInput.at(stage, role, "nothing at " + path, "a file or folder");
        }
        String digest = digests.of(path);
        if (source.digest() != null && !source.digest().equals(digest)) {
            throw RefusedInput.at(path.toString(), "digest of " + role, digest, source.digest());
        }
        read.put(role, new Input(source.uri(), digest, null));
        return path;
    }

    @Nullable
    Path pathOrNull(String role, @Nullable Source source) {
        return source == null ? null : path(role, source);
    }

    /** The rows of a source, counted. */
    Rows rows(String role, Source source) {
        Rows rows = Rows.read(path(role, source));
        read.computeIfPresent(role, (name, input) -> new Input(input.uri(), input.digest(), (long) rows.size()));
        return rows;
    }

    @Nullable
    Rows rowsOrNull(String role, @Nullable Source source) {
        return source == null ? null : rows(role, source);
    }

    /** The digest of what was read in a role. */
    String digest(String role) {
        return read.get(role).digest();
    }

    Map<String, Input> all() {
        return Map.copyOf(read);
    }
}
