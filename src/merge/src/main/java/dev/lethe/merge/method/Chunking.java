package dev.lethe.merge.method;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How a tensor is divided: by its shape alone, so that neither threads nor memory change the order of a sum. Chunks and
 * blocks end at the ends of rows where rows are short enough.
 *
 * @param size elements of the tensor
 * @param width elements of a row, which is the last dimension; a tensor of less than two dimensions is one row
 */
public record Chunking(long size, long width) {
    /**
     * Elements of a block, the part of each input in memory: so few that all arrays of a thread stay in its core's
     * cache.
     */
    public static final int BLOCK = 1 << 12;

    /** Elements of a chunk: the unit that is journalled, and by which threads share a large tensor. */
    static final long CHUNK = 1L << 23;

    public static Chunking of(List<Long> shape) {
        long size = shape.stream().reduce(1L, (a, b) -> a * b);
        return new Chunking(size, Math.max(1, shape.size() < 2 ? size : shape.getLast()));
    }

    public List<Chunk> chunks() {
        long step = step();
        int count = Math.toIntExact(Math.ceilDiv(size, step));
        return IntStream.range(0, count)
                .mapToObj(i -> new Chunk(i, i * step, Math.min(size, (i + 1) * step)))
                .toList();
    }

    /** Elements of every chunk but the last. */
    private long step() {
        return width > CHUNK ? CHUNK : CHUNK / width * width;
    }

    /** Elements of a block of whole rows; one row where it is longer than {@link #BLOCK}. */
    int rowBlock() {
        return Math.toIntExact(Math.max(width, BLOCK / width * width));
    }

    /** Whether rows fit a chunk, as methods that work row by row need. */
    public boolean hasWholeRows() {
        return width <= CHUNK;
    }
}
