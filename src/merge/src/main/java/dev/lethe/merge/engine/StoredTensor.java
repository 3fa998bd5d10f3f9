package dev.lethe.merge.engine;

import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.nio.ByteBuffer;

/** A tensor of an open file, read by positioned reads. */
public record StoredTensor(SafetensorsFile file, TensorInfo info) implements TensorSource {
    private static final int SCRATCH_BYTES = 1 << 17;
    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SCRATCH_BYTES));

    @Override
    public TensorSource sequential(long end) {
        return new ReadAhead(this, end);
    }

    @Override
    public void read(long first, float[] target, int count) {
        Dtype dtype = info.dtype();
        ByteBuffer scratch = SCRATCH.get();
        int most = SCRATCH_BYTES / dtype.bytes();
        for (int done = 0; done < count; ) {
            int length = Math.min(most, count - done);
            file.read(info, (first + done) * dtype.bytes(), scratch.clear().limit(length * dtype.bytes()));
            FloatBlocks.read(dtype, scratch.flip(), target, done, length);
            done += length;
        }
    }
}
