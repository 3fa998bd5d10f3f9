package dev.lethe.merge.safetensors;

import dev.lethe.merge.InvalidInput;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Blocks of F32, F16 and BF16 numbers as float arrays and back. Reading is exact; writing rounds to nearest, ties to
 * even, as PyTorch does; NaN stays NaN.
 */
public final class FloatBlocks {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final short BF16_NAN = 0x7FC0;

    private FloatBlocks() {}

    /** Reads {@code count} elements of a tensor from element {@code first} on into the start of {@code target}. */
    public static void read(Dtype dtype, MemorySegment tensor, long first, float[] target, int count) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(tensor, FLOAT, first * Float.BYTES, target, 0, count);
            case F16 -> {
                short[] bits = shorts(tensor, first, count);
                for (int i = 0; i < count; i++) {
                    target[i] = Float.float16ToFloat(bits[i]);
                }
            }
            case BF16 -> {
                short[] bits = shorts(tensor, first, count);
                for (int i = 0; i < count; i++) {
                    target[i] = bf16ToFloat(bits[i]);
                }
            }
            default -> throw notFloat(dtype);
        }
    }

    /**
     * As above from a little-endian buffer, {@code count} elements from its position on; F64 too, rounded to float32.
     *
     * @param at where in {@code target} the first goes
     */
    public static void read(Dtype dtype, ByteBuffer bytes, float[] target, int at, int count) {
        ByteBuffer ordered = bytes.order(ByteOrder.LITTLE_ENDIAN);
        switch (dtype) {
            case F32 -> ordered.asFloatBuffer().get(target, at, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = (float) ordered.getDouble(ordered.position() + i * Double.BYTES);
                }
            }
            case F16 -> {
                short[] bits = new short[count];
                ordered.asShortBuffer().get(bits);
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.float16ToFloat(bits[i]);
                }
            }
            case BF16 -> {
                short[] bits = new short[count];
                ordered.asShortBuffer().get(bits);
                for (int i = 0; i < count; i++) {
                    target[at + i] = bf16ToFloat(bits[i]);
                }
            }
            default -> throw notFloat(dtype);
        }
    }

    /** Writes the first {@code count} numbers into a buffer at its position, as {@code dtype}, F64 too. */
    public static void write(Dtype dtype, float[] source, int count, ByteBuffer bytes) {
        ByteBuffer ordered = bytes.order(ByteOrder.LITTLE_ENDIAN);
        switch (dtype) {
            case F32 -> ordered.asFloatBuffer().put(source, 0, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    ordered.putDouble(ordered.position() + i * Double.BYTES, source[i]);
                }
            }
            case F16 -> {
                short[] bits = new short[count];
                for (int i = 0; i < count; i++) {
                    bits[i] = Float.floatToFloat16(source[i]);
                }
                ordered.asShortBuffer().put(bits);
            }
            case BF16 -> {
                short[] bits = new short[count];
                for (int i = 0; i < count; i++) {
                    bits[i] = floatToBf16(source[i]);
                }
                ordered.asShortBuffer().put(bits);
            }
            default -> throw notFloat(dtype);
        }
        bytes.position(bytes.position() + count * dtype.bytes());
    }

    /** Rounds the first {@code count} numbers in place to what the type can hold. */
    public static void round(Dtype dtype, float[] block, int count) {
        switch (dtype) {
            case F32, F64 -> {}
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    block[i] = Float.float16ToFloat(Float.floatToFloat16(block[i]));
                }
            }
            case BF16 -> Bfloat16Pairs.round(block, count);
            default -> throw notFloat(dtype);
        }
    }

    /** All elements of a tensor that fits an array. */
    public static float[] readAll(Dtype dtype, MemorySegment tensor) {
        int count = Math.toIntExact(tensor.byteSize() * Byte.SIZE / dtype.bits());
        float[] values = new float[count];
        read(dtype, tensor, 0, values, count);
        return values;
    }

    /** Writes the first {@code count} numbers of {@code source} to a tensor from element {@code first} on. */
    public static void write(Dtype dtype, float[] source, int count, MemorySegment tensor, long first) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(source, 0, tensor, FLOAT, first * Float.BYTES, count);
            case F16 -> {
                short[] bits = new short[count];
                for (int i = 0; i < count; i++) {
                    bits[i] = Float.floatToFloat16(source[i]);
                }
                MemorySegment.copy(bits, 0, tensor, SHORT, first * Short.BYTES, count);
            }
            case BF16 -> {
                short[] bits = new short[count];
                for (int i = 0; i < count; i++) {
                    bits[i] = floatToBf16(source[i]);
                }
                MemorySegment.copy(bits, 0, tensor, SHORT, first * Short.BYTES, count);
            }
            default -> throw notFloat(dtype);
        }
    }

    /**
     * Refuses NaN and infinities among the first {@code count} numbers of a block that begins at element {@code first},
     * as the type will hold them: a number that rounds to infinity is one.
     *
     * @param where file and tensor, for the error
     * @throws InvalidInput naming the first such element
     */
    public static void requireFinite(String where, Dtype dtype, float[] block, int count, long first) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(block[i])); // NaN stays
        }
        if (largest < Float.intBitsToFloat(firstInfinite(dtype))) {
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(round(dtype, block[i]))) {
                String found = "%s, that is %s in %s".formatted(block[i], round(dtype, block[i]), dtype);
                throw InvalidInput.at(where, "element " + (first + i), found, "a finite number");
            }
        }
    }

    /** The bits of the least positive float that is infinite in a type; larger magnitudes and NaN have larger bits. */
    private static int firstInfinite(Dtype dtype) {
        return switch (dtype) {
            case BF16 -> 0x7F7F8000;
            case F16 -> 0x477FF000;
            default -> 0x7F800000;
        };
    }

    /** The nearest number that the type can hold. */
    public static float round(Dtype dtype, float value) {
        return switch (dtype) {
            case F32, F64 -> value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> bf16ToFloat(floatToBf16(value));
            default -> throw notFloat(dtype);
        };
    }

    /** The number that bfloat16 bits stand for: they are the upper half of a float. */
    public static float bf16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }

    /** The nearest bfloat16, ties to even; every NaN becomes the one quiet NaN. */
    public static short floatToBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int rounded = (bits + 0x7FFF + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE;
        return Float.isNaN(value) ? BF16_NAN : (short) rounded;
    }

    /** Each number rounded to float32. */
    public static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static short[] shorts(MemorySegment tensor, long first, int count) {
        short[] bits = new short[count];
        MemorySegment.copy(tensor, SHORT, first * Short.BYTES, bits, 0, count);
        return bits;
    }

    private static IllegalArgumentException notFloat(Dtype dtype) {
        return new IllegalArgumentException("%s is not one of F32, F16, BF16".formatted(dtype));
    }
}
