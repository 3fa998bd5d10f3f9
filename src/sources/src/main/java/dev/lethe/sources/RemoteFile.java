package dev.lethe.sources;

import org.jspecify.annotations.Nullable;

/**
 * A file in a store.
 *
 * @param name under which it is kept, without a folder
 * @param size in bytes
 * @param checksum that its bytes must have; absent where the store says none
 * @param address by which its store opens it
 * @param version of what is at the address, as the store says it; absent where the address is of one content for ever
 * @param packing what its bytes are
 */
public record RemoteFile(
        String name,
        long size,
        @Nullable Checksum checksum,
        String address,
        @Nullable String version,
        Packing packing) {
    /** Whether the bytes are the file, or an archive of files. */
    public enum Packing {
        NONE,
        TAR,
        TAR_GZIP,
        TAR_ZSTD
    }

    static RemoteFile of(
            String name, long size, @Nullable Checksum checksum, String address, @Nullable String version) {
        return new RemoteFile(name, size, checksum, address, version, Packing.NONE);
    }

    boolean isArchive() {
        return packing != Packing.NONE;
    }

    /** What tells this content from another of the same name. */
    String identity() {
        return checksum != null ? checksum.toString() : version != null ? version : address;
    }
}
