package dev.lethe.merge.engine;

import dev.lethe.merge.method.PreparedMerge;
import dev.lethe.merge.safetensors.BlockCodec;
import dev.lethe.merge.safetensors.Dtype;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes one chunk from its start to its end, and computes its checksum. For one thread. */
final class ChunkWriter implements PreparedMerge.Sink {
    static final int BUFFER = 1 << 20;

    private static final ThreadLocal<ByteBuffer> BUFFERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER));

    private final ShardFile file;
    private final String tensor;
    private final Dtype dtype;
    private final BlockCodec codec;
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer buffer = BUFFERS.get().clear();
    private long offset;

    /** @param offset of the chunk in its tensor, in bytes */
    ChunkWriter(ShardFile file, String tensor, Dtype dtype, long offset) {
        this.file = file;
        this.tensor = tensor;
        this.dtype = dtype;
        this.codec = new BlockCodec(dtype);
        this.offset = offset;
    }

    /** Writes numbers in the type of the result; a number that is not finite in it is an error. */
    @Override
    public void accept(float[] merged, int count) {
        int most = BUFFER / dtype.bytes();
        for (int done = 0; done < count; ) {
            int length = Math.min(most, count - done);
            if (buffer.remaining() < length * dtype.bytes()) {
                flush();
            }
            long first = (offset + buffer.position()) / dtype.bytes();
            codec.write(merged, done, length, buffer, "merge: " + tensor, first);
            done += length;
        }
    }

    /** Space for bytes that are copied as they are. */
    ByteBuffer room() {
        if (!buffer.hasRemaining()) {
            flush();
        }
        return buffer;
    }

    /** Writes the rest, and returns the checksum of the whole chunk. */
    long finish() {
        flush();
        return checksum.getValue();
    }

    private void flush() {
        buffer.flip();
        checksum.update(buffer.duplicate());
        int length = buffer.remaining();
        file.write(tensor, offset, buffer);
        offset += length;
        buffer.clear();
    }
}
