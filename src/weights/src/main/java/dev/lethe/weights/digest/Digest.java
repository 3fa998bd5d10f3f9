package dev.lethe.weights.digest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.file.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
     * The digest of a folder: SHA-256 over one line {@code relative-path NUL hex-of-file LF} for each regular file at
     * any depth, sorted by path (with '/'). Links are followed; empty folders, times and permissions do not count.
     */
    public static String ofFolder(Path folder) {
        return ofListing(listing(folder, name -> true));
    }

    /**
     * The digest of each regular file of a folder, by relative path (with '/').
     *
     * @param counted whether a file of that relative path is listed
     */
    public static SortedMap<String, String> listing(Path folder, Predicate<String> counted) {
        return listing(folder, counted, Digest::ofFile);
    }

    /**
     * As above.
     *
     * @param ofFile the digest of a file
     */
    public static SortedMap<String, String> listing(
            Path folder, Predicate<String> counted, Function<Path, String> ofFile) {
        SortedMap<String, String> listing = new TreeMap<>();
        files(folder).stream().filter(counted).forEach(name -> listing.put(name, ofFile.apply(folder.resolve(name))));
        return listing;
    }

    /** What {@link #ofFolder} says of a folder that holds just the files of a listing. */
    public static String ofListing(SortedMap<String, String> listing) {
        MessageDigest digest = sha256();
        listing.forEach(
                (name, file) -> digest.update((name + "\0" + file.substring(PREFIX.length()) + "\n").getBytes(UTF_8)));
        return PREFIX + HexFormat.of().formatHex(digest.digest());
    }

    /** The relative paths (with "/") of the regular files of a folder, at any depth; links are followed. */
    public static List<String> files(Path folder) {
        try (Stream<Path> paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .toList();
        } catch (UncheckedIOException e) {
            throw InvalidInput.unreadable(folder, e.getCause());
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
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
