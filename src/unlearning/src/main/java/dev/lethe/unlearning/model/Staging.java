package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory of the host that weights pass through on their way to where the model computes: a part of a weight at a time, in the
 * type that it is stored in, which is cast where it arrives. So the host never holds a whole weight, however large.
 */
final class Staging implements AutoCloseable {
    /** Bytes that are under way at once. */
    private static final int BYTES = 32 << 20;

    private static final int LEAST = 1 << 12;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer;

    /** @param largest bytes of the largest weight, as it is stored */
    Staging(long largest) {
        this.buffer = arena.allocate(Math.clamp(largest, LEAST, BYTES), Double.BYTES);
    }

    /** What gives the numbers of a weight, in row-major order. */
    @FunctionalInterface
    interface Source {
        /** Fills memory with the bytes of the numbers from number {@code first} on. */
        void read(long first, MemorySegment into);
    }

    /**
     * Fills a tensor.
     *
     * @param weight contiguous, on any device
     * @param stored the type that {@code source} gives
     * @return whether all numbers were finite; what comes after others is left as it was
     */
    boolean fill(Tensor weight, Dtype stored, Source source) {
        Tensor flat = weight.view(-1);
        long most = buffer.byteSize() / stored.bytes();
        for (long first = 0; first < flat.count(); first += most) {
            try (Scope _ = new Scope()) {
                long count = Math.min(most, flat.count() - first);
                MemorySegment part = buffer.asSlice(0, count * stored.bytes());
                source.read(first, part);
                Tensor moved = Tensor.fromBlob(part, stored, count).to(weight.device());
                if (!moved.isFinite()) {
                    return false;
                }
                flat.narrow(0, first, count).copyInPlace(moved);
            }
        }
        return true;
    }

    @Override
    public void close() {
        arena.close();
    }
}
