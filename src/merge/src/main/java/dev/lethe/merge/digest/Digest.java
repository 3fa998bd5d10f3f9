package dev.lethe.merge.digest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.file.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** SHA-256 digests, written as {@code sha256:<64 hex digits>}. */
public final class Digest {
    private static final String PREFIX = "sha256:";
    private static final int BLOCK = 1 << 18;

    private Digest() {}

    /** The digest of a file's bytes. */
    public static String ofFile(Path file) {
        return PREFIX + hexOfFile(file);
    }

    /** The digest of bytes in memory. */
    public static String ofBytes(byte[] bytes) {
        return PREFIX + HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /**
     * The digest of a folder: SHA-256 over one line {@code relative-path NUL hex-of-file LF} for each of its {@link #files},
     * sorted by path. Empty folders, times and permissions do not count.
     */
    public static String ofFolder(Path folder) {
        return ofListing(listing(folder, files(folder), Digest::ofFile));
    }

    /**
     * The digest of files of a folder, by relative path (with '/').
     *
     * @param ofFile the digest of a file
     */
    public static SortedMap<String, String> listing(
            Path folder, Collection<String> names, Function<Path, String> ofFile) {
        SortedMap<String, String> listing = new TreeMap<>();
        names.forEach(name -> listing.put(name, ofFile.apply(folder.resolve(name))));
        return listing;
    }

    /** What {@link #ofFolder} says of a folder that holds just the files of a listing. */
    public static String ofListing(SortedMap<String, String> listing) {
        MessageDigest digest = sha256();
        listing.forEach(
                (name, file) -> digest.update((name + "\0" + file.substring(PREFIX.length()) + "\n").getBytes(UTF_8)));
        return PREFIX + HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The relative paths (with "/") of the regular files of a folder, at any depth. Links are followed: to files anywhere,
     * whose content then counts, to folders within this one.
     *
     * @throws RefusedInput where a link leads to a folder elsewhere, which may be the whole disk
     * @throws InvalidInput where the folder cannot be read, or links go in a circle
     */
    public static List<String> files(Path folder) {
        List<String> files = new ArrayList<>();
        try {
            Path root = folder.toRealPath();
            Files.walkFileTree(
                    folder, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                                throws IOException {
                            if (!path.toRealPath().startsWith(root)) {
                                throw RefusedInput.at(
                                        path.toString(),
                                        "folder",
                                        "a link to a folder elsewhere",
                                        "files and folders of its own");
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()) {
                                files.add(folder.relativize(path).toString().replace('\\', '/'));
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
        return files;
    }

    private static String hexOfFile(Path file) {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(InputFile.regular(file))) {
            byte[] block = new byte[BLOCK];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                digest.update(block, 0, count);
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
