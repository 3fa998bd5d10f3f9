package dev.lethe.merge.safetensors;

import java.util.Arrays;
import java.util.List;

/**
 * What a header says of one tensor.
 *
 * @param dtype element type
 * @param dimensions sizes, row-major; empty for a scalar
 * @param begin first byte, relative to the start of the file's data
 * @param end byte after the last, relative to the start of the file's data
 */
public record TensorInfo(Dtype dtype, List<Long> dimensions, long begin, long end) {
    public TensorInfo {
        dimensions = List.copyOf(dimensions);
    }

    /** A tensor whose place in a file is not known yet; its size follows from type and shape. */
    public static TensorInfo of(Dtype dtype, List<Long> dimensions) {
        return new TensorInfo(dtype, dimensions, 0, sizeInBytes(dtype, dimensions));
    }

    /** As above. */
    public static TensorInfo of(Dtype dtype, long... shape) {
        return of(dtype, Arrays.stream(shape).boxed().toList());
    }

    /** The sizes of the dimensions as a fresh array. */
    public long[] shape() {
        return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    /** Number of elements; 1 for a scalar. */
    public long elements() {
        return dimensions.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Size of the data in bytes. */
    public long bytes() {
        return end - begin;
    }

    /** Whether type and shape are the same, wherever the data lies. */
    public boolean sameDtypeAndShape(TensorInfo other) {
        return dtype == other.dtype && dimensions.equals(other.dimensions);
    }

    TensorInfo at(long newBegin) {
        return new TensorInfo(dtype, dimensions, newBegin, newBegin + bytes());
    }

    /**
     * Bytes that a type and shape need.
     *
     * @throws ArithmeticException where the size does not fit a long, zeros ignored so that no zero hides an overflow,
     *     or is not a whole number of bytes
     */
    static long sizeInBytes(Dtype dtype, List<Long> dimensions) {
        long nonZero = dtype.bits();
        boolean empty = false;
        for (long size : dimensions) {
            empty |= size == 0;
            nonZero = Math.multiplyExact(nonZero, Math.max(size, 1));
        }
        if (empty) {
            return 0;
        }
        if (nonZero % 8 != 0) {
            throw new ArithmeticException("not a whole number of bytes");
        }
        return nonZero / 8;
    }
}
