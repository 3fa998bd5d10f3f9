package dev.lethe.merge.method;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How a tensor is divided: by its shape alone, so that neither threads nor memory change a sum's order. Pieces and
 * blocks end at the ends of rows where rows are short enough.
 *
 * @param size elements of the tensor
 * @param width elements of a row, which is the last dimension; a tensor of less than two dimensions is one row
 */
public record Chunking(long size, long width) {
    /** Elements of a block: what is in memory for each input at a time, so few that all arrays of a thread stay in its core's cache. */
    public static final int BLOCK = 1 << 12;

    /** Elements of a piece: what is journalled, and what threads share a large tensor by. */
    static final long PIECE = 1L << 23;

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

    /** Elements of every piece but the last. */
    private long step() {
        return width > PIECE ? PIECE : PIECE / width * width;
    }

    /** Elements of a block of whole rows; one row where it is longer than {@link #BLOCK}. */
    int rowBlock() {
        return Math.toIntExact(Math.max(width, BLOCK / width * width));
    }

    /** Whether rows fit a piece, as methods that work row by row need. */
    public boolean hasWholeRows() {
        return width <= PIECE;
    }
}
