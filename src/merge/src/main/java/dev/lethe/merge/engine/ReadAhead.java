package dev.lethe.merge.engine;

import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.BlockCodec;
import dev.lethe.merge.safetensors.TensorInfo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A stored tensor that one thread reads forward: one long positioned read serves several blocks. Other reads work too.
 */
final class ReadAhead implements TensorSource {
    static final int WINDOW_BYTES = 1 << 18;

    /** Windows that no tensor uses; a thread reads as many tensors at a time as it merges. */
    private static final ThreadLocal<Deque<ByteBuffer>> FREE = ThreadLocal.withInitial(ArrayDeque::new);

    private final StoredTensor stored;
    private final BlockCodec codec;
    private final int elementBytes;
    private final int most;
    private final long end;
    private @Nullable ByteBuffer window;
    private long first;
    private int held;

    /** @param end element after the last that will be asked for */
    ReadAhead(StoredTensor stored, long end) {
        this.stored = stored;
        this.codec = new BlockCodec(stored.info().dtype());
        this.elementBytes = stored.info().dtype().bytes();
        this.most = WINDOW_BYTES / elementBytes;
        this.end = end;
    }

    @Override
    public TensorInfo info() {
        return stored.info();
    }

    @Override
    public void read(long from, float[] target, int count) {
        for (int done = 0; done < count; ) {
            long at = from + done;
            if (window == null || at < first || at >= first + held) {
                fill(at, count - done);
            }
            int length = (int) Math.min(count - done, first + held - at);
            codec.read(window.position((int) (at - first) * elementBytes), target, done, length);
            done += length;
        }
        if (from + count == end) {
            FREE.get().push(window);
            window = null;
        }
    }

    /** @param wanted the least number of elements to read */
    private void fill(long at, int wanted) {
        if (window == null) {
            ByteBuffer free = FREE.get().poll();
            window = free == null ? ByteBuffer.allocateDirect(WINDOW_BYTES) : free;
        }
        first = at;
        held = (int) Math.min(most, Math.max(wanted, end - at));
        stored.file().read(stored.info(), at * elementBytes, window.clear().limit(held * elementBytes));
        window.clear();
    }
}
