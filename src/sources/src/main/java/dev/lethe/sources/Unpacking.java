package dev.lethe.sources;

import com.github.luben.zstd.ZstdInputStream;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.ModelFiles;
import dev.lethe.sources.RemoteFile.Packing;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Takes a model's files out of the archives that a registry keeps them in. Nothing else comes out of them: no link, no device, and
 * no name that leads out of the folder.
 */
final class Unpacking {
    private static final int BUFFER = 1 << 18;

    private Unpacking() {}

    /**
     * The name under which a path in an artifact is kept: without the folder that models stand in. Empty for a path in another
     * folder, of which nothing is taken.
     */
    static String name(String path) {
        String name = path.replaceFirst("^(\\./|/)+", "").replaceFirst("^models?/", "");
        return name.contains("/") || name.startsWith(".") ? "" : name;
    }

    /**
     * Unpacks archives into the folder that they lie in, and removes them.
     *
     * @throws InvalidInput where one of them is broken, or there are no weights in any
     */
    static void unpack(Snapshot snapshot, Path folder) {
        List<RemoteFile> archives =
                snapshot.files().stream().filter(RemoteFile::isArchive).toList();
        if (archives.isEmpty()) {
            return;
        }
        for (RemoteFile archive : archives) {
            Path file = folder.resolve(archive.name());
            try {
                unpack(file, archive.packing(), folder);
            } catch (IOException e) {
                if (String.valueOf(e.getMessage()).contains("No space left")) {
                    throw InvalidInput.unwritable(folder, e);
                }
                throw InvalidInput.at(
                        snapshot.place().uri(), archive.address(), String.valueOf(e.getMessage()), "a whole archive");
            }
        }
        try {
            for (RemoteFile archive : archives) {
                Files.delete(folder.resolve(archive.name()));
            }
            keepTaken(folder);
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
        if (ModelFiles.isModel(folder) || !ModelFiles.adapter(folder).isEmpty()) {
            return;
        }
        throw InvalidInput.at(
                snapshot.place().uri(), "weights", "none in its layers", "model.safetensors, or an adapter's");
    }

    private static void unpack(Path archive, Packing packing, Path folder) throws IOException {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
                TarArchiveInputStream tar = new TarArchiveInputStream(unpacked(raw, packing))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = name(entry.getName());
                if (isContent(entry) && mayBeTaken(name)) {
                    Files.copy(tar, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Links and devices count as files, too, of a tar's entries. */
    private static boolean isContent(TarArchiveEntry entry) {
        return !entry.isDirectory()
                && (entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM);
    }

    private static InputStream unpacked(InputStream raw, Packing packing) throws IOException {
        return switch (packing) {
            case NONE, TAR -> raw;
            case TAR_GZIP -> new GZIPInputStream(raw, BUFFER);
            case TAR_ZSTD -> new ZstdInputStream(raw);
        };
    }

    /** Which weights belong to the model is known when all names are. */
    private static boolean mayBeTaken(String name) {
        return name.endsWith(".safetensors")
                || name.equals("model.safetensors.index.json")
                || !ModelFiles.among(List.of(name)).isEmpty();
    }

    private static void keepTaken(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.forEach(files::add);
        }
        Set<String> taken = ModelFiles.among(
                files.stream().map(it -> it.getFileName().toString()).toList());
        for (Path file : files) {
            if (!taken.contains(file.getFileName().toString())) {
                Files.delete(file);
            }
        }
    }
}
