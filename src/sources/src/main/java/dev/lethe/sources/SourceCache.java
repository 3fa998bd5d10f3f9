package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What was fetched to this machine, each content once, whatever it was called: {@code snapshots/ID/NAME}, and for names of one
 * content for ever {@code names/DIGEST}, so that nobody is asked again.
 *
 * @param root the folder of all
 */
public record SourceCache(Path root) {
    /** {@code LETHE_CACHE}, or {@code lethe} in the user's cache. */
    public static SourceCache of(Map<String, String> environment) {
        String named = environment.getOrDefault("LETHE_CACHE", "");
        return new SourceCache(
                (named.isBlank() ? folder(environment).resolve("lethe") : Path.of(named)).toAbsolutePath());
    }

    /** Where a user's caches are. */
    static Path folder(Map<String, String> environment) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        return named.isBlank()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache")
                : Path.of(named);
    }

    /** Where the content of a name lies, if it was brought here before and the name is of that content for ever. */
    public Optional<Path> known(Location.Remote place) {
        Path name = name(place);
        try {
            return place.immutable() && Files.isRegularFile(name)
                    ? Optional.of(root.resolve(Files.readString(name))).filter(Files::exists)
                    : Optional.empty();
        } catch (IOException e) {
            throw InvalidInput.unreadable(name, e);
        }
    }

    /** Where a snapshot lies: on this machine already, or in the cache, to which it is brought where it is not there yet. */
    public Path fetch(Snapshot snapshot, Store store, Transfer transfer, ProgressListener progress) {
        Path path = store.onThisMachine(snapshot).orElseGet(() -> {
            Path target = root.resolve("snapshots", snapshot.id(), snapshot.title());
            Fetch.into(target, snapshot, store, transfer, progress);
            return target;
        });
        AtomicFile.write(name(snapshot.place()), path.toString());
        return path;
    }

    private Path name(Location.Remote place) {
        return root.resolve("names", Digest.ofBytes(place.uri().getBytes(UTF_8)).replaceFirst("^sha256:", ""));
    }
}
