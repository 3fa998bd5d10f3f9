package dev.lethe.merge.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Converts numbers of one type to blocks of floats and back, as {@link FloatBlocks} does, but with buffers of its own:
 * the common types are converted at the speed of memory. For one thread.
 */
public final class BlockCodec {
    private final Dtype dtype;
    private final Bfloat16Pairs pairs = new Bfloat16Pairs();

    /** @param dtype F64, F32, F16 or BF16 */
    public BlockCodec(Dtype dtype) {
        this.dtype = dtype;
    }

    private boolean byPairs() {
        return dtype == Dtype.BF16 && Bfloat16Pairs.SUPPORTED;
    }

    /**
     * Reads {@code count} numbers from a buffer's position on, which stays.
     *
     * @param at where in {@code target} the first goes
     */
    public void read(ByteBuffer bytes, float[] target, int at, int count) {
        if (byPairs()) {
            pairs.read(bytes.order(ByteOrder.LITTLE_ENDIAN), target, at, count);
        } else {
            FloatBlocks.read(dtype, bytes, target, at, count);
        }
    }

    /**
     * Writes {@code count} numbers at a buffer's position, which moves behind them.
     *
     * @param from the first of them
     * @param where what they are, for the error
     * @param first the index of the first of them there
     * @throws dev.lethe.merge.InvalidInput naming the first that is not finite in this type
     */
    public void write(float[] source, int from, int count, ByteBuffer bytes, String where, long first) {
        if (byPairs() && pairs.write(source, from, count, bytes.order(ByteOrder.LITTLE_ENDIAN))) {
            bytes.position(bytes.position() + count * dtype.bytes());
            return;
        }
        float[] numbers = from == 0 ? source : Arrays.copyOfRange(source, from, from + count);
        FloatBlocks.requireFinite(where, dtype, numbers, count, first);
        FloatBlocks.write(dtype, numbers, count, bytes);
    }
}
