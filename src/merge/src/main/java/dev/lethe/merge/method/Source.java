package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.TensorInfo;

/** A tensor as a row of float32 numbers, read in blocks from any thread. */
public interface Source {
    /** Type and shape. */
    TensorInfo kind();

    /** Reads {@code count} numbers from {@code first} on into the start of {@code target}. */
    void read(long first, float[] target, int count);

    /**
     * The same for one thread that reads from some element on to the one before {@code end}, block after block: may read
     * ahead.
     */
    default Source forward(long end) {
        return this;
    }

    /** How many numbers. */
    default long size() {
        return kind().elements();
    }

    /** Forgets what was kept between reads. */
    default void release() {}

    /** Bytes that are kept between reads. */
    default long retained() {
        return 0;
    }

    /** Bytes that one pass reads from files. */
    default long bytes() {
        return kind().bytes();
    }
}
