package dev.lethe.unlearning.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element type of a tensor. */
public enum Dtype {
    F32(ScalarType.Float, 4),
    BF16(ScalarType.BFloat16, 2),
    F16(ScalarType.Half, 2),
    I64(ScalarType.Long, 8),
    I8(ScalarType.Char, 1),
    U8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1);

    private final ScalarType scalarType;
    private final int bytes;

    Dtype(ScalarType scalarType, int bytes) {
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    ScalarType scalarType() {
        return scalarType;
    }

    static Dtype of(ScalarType type) {
        for (Dtype dtype : values()) {
            if (dtype.scalarType.value == type.value) { // a native call returns an enum object of its own
                return dtype;
            }
        }
        throw new IllegalArgumentException(
                "dtype: found " + type + ", expected one of f32, bf16, f16, i64, i8, u8, bool");
    }
}
