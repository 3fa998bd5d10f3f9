package dev.lethe.merge.safetensors;

import java.util.Arrays;
import java.util.Optional;

/**
 * An element type of the safetensors format. The order of the constants is the rank by which the reference writer lays
 * tensors out (highest rank first).
 */
public enum Dtype {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16),
    BF16(16),
    I32(32),
    U32(32),
    F32(32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;

    Dtype(int bits) {
        this.bits = bits;
    }

    /** Bits of one element. */
    public int bits() {
        return bits;
    }

    /** Whether elements are F32, F16 or BF16: what {@link FloatBlocks} converts and merging works on. */
    public boolean isFloat() {
        return this == F32 || this == F16 || this == BF16;
    }

    /** Whether merging reads it as numbers: F64 too, rounded to float32. */
    public boolean isMergeable() {
        return isFloat() || this == F64;
    }

    /** Bytes of one element of a type whose elements are whole bytes. */
    public int bytes() {
        return bits / Byte.SIZE;
    }

    /** The type with exactly this name in a header; names are case-sensitive. */
    public static Optional<Dtype> named(String name) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.name().equals(name))
                .findAny();
    }
}
