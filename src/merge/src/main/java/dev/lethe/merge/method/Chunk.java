package dev.lethe.merge.method;

/**
 * A part of a tensor that one thread processes from its start to its end.
 *
 * @param index its place in {@link Chunking}
 * @param first first element
 * @param end element after the last
 */
public record Chunk(int index, long first, long end) {
    public long size() {
        return end - first;
    }
}
