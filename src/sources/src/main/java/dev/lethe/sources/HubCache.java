package dev.lethe.sources;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cache that huggingface_hub keeps on this machine: {@code KIND--OWNER--NAME/refs/REVISION} names a commit,
 * {@code snapshots/COMMIT/FILE} leads to {@code blobs/ETAG}.
 *
 * @param root the folder of all repositories
 */
record HubCache(Path root) {
    /** Where the environment says that it is. */
    static HubCache of(Map<String, String> environment) {
        String hub = environment.get("HF_HUB_CACHE");
        return new HubCache(
                hub != null && !hub.isBlank() ? Path.of(hub) : home(environment).resolve("hub"));
    }

    /** {@code HF_HOME}, or the usual place. */
    static Path home(Map<String, String> environment) {
        String home = environment.get("HF_HOME");
        return home != null && !home.isBlank()
                ? Path.of(home)
                : SourceCache.folder(environment).resolve("huggingface");
    }

    /** The commit that a revision named when something was last fetched by it. */
    Optional<String> commit(String repository, String revision) {
        Path reference = root.resolve(repository, "refs").resolve(revision);
        try {
            return Files.isRegularFile(reference)
                    ? Optional.of(Files.readString(reference).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw InvalidInput.unreadable(reference, e);
        }
    }

    Path snapshot(String repository, String commit) {
        return root.resolve(repository, "snapshots", commit);
    }

    /** The files of a snapshot that are there, by their path in the repository. */
    List<RemoteFile> files(String repository, String commit) {
        Path snapshot = snapshot(repository, commit);
        List<RemoteFile> files = new ArrayList<>();
        if (!Files.isDirectory(snapshot)) {
            return files;
        }
        try (Stream<Path> paths = Files.walk(snapshot)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = snapshot.relativize(path).toString();
                Path blob = path.toRealPath();
                files.add(RemoteFile.of(
                        name, Files.size(blob), checksum(blob.getFileName().toString()), name, null));
            }
            return files;
        } catch (IOException e) {
            throw InvalidInput.unreadable(snapshot, e);
        }
    }

    /** The content of a file: what this snapshot has, or any other brought. */
    Optional<Path> content(String repository, String commit, RemoteFile file) {
        return Stream.concat(
                        Stream.ofNullable(file.checksum()).map(it -> root.resolve(repository, "blobs", it.hex())),
                        Stream.of(snapshot(repository, commit).resolve(file.address())))
                .filter(it -> sized(it, file.size()))
                .findFirst();
    }

    static boolean sized(Path file, long size) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /** A blob is named after what its bytes sum up to. */
    private static @Nullable Checksum checksum(String blob) {
        return blob.matches("[0-9a-f]{64}")
                ? Checksum.sha256(blob)
                : blob.matches("[0-9a-f]{40}") ? new Checksum(Checksum.Algorithm.GIT_BLOB, blob) : null;
    }
}
