package dev.lethe.merge.safetensors;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Blocks of bfloat16 numbers as float arrays and back, two numbers at a time: a pair is an int in a file, and a long
 * where it is two floats. The compiler vectorises loops over ints and longs, but not loops over shorts or over a
 * float's bits, which are ten times slower. The bits are those of {@link FloatBlocks#bf16ToFloat} and {@link
 * FloatBlocks#floatToBf16}. For one thread.
 */
final class Bfloat16Pairs {
    /** The order of the two floats of a long. */
    static final boolean SUPPORTED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private static final int HALF = Integer.SIZE;
    private static final long UPPER_16 = 0xFFFF_0000L;
    private static final long MAGNITUDES = 0x7FFF_FFFF_7FFF_FFFFL;
    private static final long SIGNS = ~MAGNITUDES;
    private static final long LAST_FINITE = 0x7F7F_7FFF_7F7F_7FFFL;
    private static final long HALF_ULPS = 0x0000_7FFF_0000_7FFFL;
    private static final long ONES = 0x0000_0001_0000_0001L;

    private int[] pairs = new int[0];
    private long[] floats = new long[0];

    private void reserve(int count) {
        int needed = (count + 1) / 2;
        if (pairs.length < needed) {
            pairs = new int[needed];
            floats = new long[needed];
        }
    }

    /** Reads {@code count} numbers from a little-endian buffer's position on; the position stays. */
    void read(ByteBuffer bytes, float[] target, int at, int count) {
        reserve(count);
        int even = count / 2;
        bytes.asIntBuffer().get(pairs, 0, even);
        if (count % 2 == 1) {
            pairs[even] = bytes.getShort(bytes.position() + Short.BYTES * (count - 1));
        }
        widen(pairs, (count + 1) / 2, floats);
        MemorySegment.copy(
                MemorySegment.ofArray(floats),
                0,
                MemorySegment.ofArray(target),
                (long) at * Float.BYTES,
                (long) count * Float.BYTES);
    }

    private static void widen(int[] pairs, int count, long[] floats) {
        for (int i = 0; i < count; i++) {
            long pair = pairs[i];
            floats[i] = ((pair << Short.SIZE) & UPPER_16) | ((pair & UPPER_16) << HALF);
        }
    }

    /**
     * Writes {@code count} numbers at a little-endian buffer's position, which stays.
     *
     * @return whether all are finite; where not, what was written means nothing
     */
    boolean write(float[] source, int from, int count, ByteBuffer bytes) {
        reserve(count);
        int even = count / 2;
        floats[(count + 1) / 2 - 1] = 0;
        MemorySegment.copy(
                MemorySegment.ofArray(source),
                (long) from * Float.BYTES,
                MemorySegment.ofArray(floats),
                0,
                (long) count * Float.BYTES);
        long beyond = narrow(floats, (count + 1) / 2, pairs);
        bytes.asIntBuffer().put(pairs, 0, even);
        if (count % 2 == 1) {
            bytes.putShort(bytes.position() + Short.BYTES * (count - 1), (short) pairs[even]);
        }
        return (beyond & SIGNS) == 0;
    }

    /** Where all numbers are finite, none carries into its neighbour. */
    private static long narrow(long[] floats, int count, int[] pairs) {
        long beyond = 0;
        for (int i = 0; i < count; i++) {
            long pair = floats[i];
            beyond |= LAST_FINITE - (pair & MAGNITUDES);
            long rounded = pair + HALF_ULPS + ((pair >>> Short.SIZE) & ONES);
            pairs[i] = (int) (((rounded >>> Short.SIZE) & 0xFFFF) | ((rounded >>> HALF) & UPPER_16));
        }
        return beyond;
    }

    /** Rounds the first {@code count} numbers in place to the nearest bfloat16; every NaN becomes the one quiet NaN. */
    static void round(float[] block, int count) {
        int[] bits = new int[count];
        MemorySegment floats = MemorySegment.ofArray(block);
        MemorySegment ints = MemorySegment.ofArray(bits);
        long length = (long) count * Float.BYTES;
        MemorySegment.copy(floats, 0, ints, 0, length);
        round(bits);
        MemorySegment.copy(ints, 0, floats, 0, length);
    }

    private static void round(int[] bits) {
        for (int i = 0; i < bits.length; i++) {
            int value = bits[i];
            int nan = (0x7F80_0000 - (value & Integer.MAX_VALUE)) >> (Integer.SIZE - 1);
            int rounded = (value + 0x7FFF + ((value >>> Short.SIZE) & 1)) & 0xFFFF_0000;
            bits[i] = (rounded & ~nan) | (0x7FC0_0000 & nan);
        }
    }
}
