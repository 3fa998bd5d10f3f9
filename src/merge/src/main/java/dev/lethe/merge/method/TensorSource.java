package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.TensorInfo;

/** A tensor as a row of float32 numbers, read in blocks from any thread. */
public interface TensorSource {
    /** Type and shape. */
    TensorInfo info();

    /** Reads {@code count} numbers from {@code first} on into the start of {@code target}. */
    void read(long first, float[] target, int count);

    /**
     * The same for one thread that reads forward, block after block, to the element before {@code end}: may read ahead.
     */
    default TensorSource sequential(long end) {
        return this;
    }

    /** How many numbers. */
    default long size() {
        return info().elements();
    }

    /** Frees what is cached between reads. */
    default void release() {}

    /** Bytes that are cached between reads. */
    default long cachedBytes() {
        return 0;
    }

    /** Bytes that one pass reads from files. */
    default long bytes() {
        return info().bytes();
    }

    /** A source that changes or counts what another one reads. */
    interface Wrapper extends TensorSource {
        TensorSource source();

        @Override
        default TensorInfo info() {
            return source().info();
        }

        @Override
        default void release() {
            source().release();
        }

        @Override
        default long cachedBytes() {
            return source().cachedBytes();
        }

        @Override
        default long bytes() {
            return source().bytes();
        }
    }
}
