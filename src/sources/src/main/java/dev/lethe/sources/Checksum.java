package dev.lethe.sources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What a store says that the bytes of a file sum up to. */
public record Checksum(Algorithm algorithm, String hex) {
    private static final int BLOCK = 1 << 18;

    /** How stores sum up a file. */
    public enum Algorithm {
        /** Of Git LFS and OCI. */
        SHA_256("SHA-256"),
        /** The ETag of an object that was put in one part. */
        MD5("MD5"),
        /** The name of a file's content in Git: SHA-1 of {@code blob SIZE NUL} and the content. */
        GIT_BLOB("SHA-1");

        private final String digest;

        Algorithm(String digest) {
            this.digest = digest;
        }
    }

    static Checksum sha256(String hex) {
        return new Checksum(Algorithm.SHA_256, hex);
    }

    /** The checksum of the same kind that a file has. */
    Checksum of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm.digest);
            if (algorithm == Algorithm.GIT_BLOB) {
                digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.UTF_8));
            }
            byte[] block = new byte[BLOCK];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                digest.update(block, 0, count);
            }
            return new Checksum(algorithm, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm.digest, e);
        }
    }

    /** {@code sha-256:HEX}. */
    @Override
    public String toString() {
        return algorithm.digest.toLowerCase(Locale.ROOT) + ":" + hex;
    }
}
