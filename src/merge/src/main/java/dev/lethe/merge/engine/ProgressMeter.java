package dev.lethe.merge.engine;

import dev.lethe.merge.method.TensorSource;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes read and written, so that the progress is known whatever a method does with a tensor. */
final class ProgressMeter {
    private final AtomicLong done = new AtomicLong();
    private final long total;
    private final ProgressListener progress;

    ProgressMeter(long total, ProgressListener progress) {
        this.total = total;
        this.progress = progress;
    }

    /** For one tensor, of at most so many bytes; a pass that was not needed is counted when the tensor is complete. */
    TensorMeter ofTensor(long most) {
        return new TensorMeter(most);
    }

    final class TensorMeter {
        private final long most;
        private final AtomicLong counted = new AtomicLong();

        private TensorMeter(long most) {
            this.most = most;
        }

        void add(long bytes) {
            long before = counted.getAndAdd(bytes);
            advance(Math.clamp(most - before, 0, bytes));
        }

        void complete() {
            advance(Math.max(0, most - counted.getAndSet(most)));
        }

        private void advance(long bytes) {
            if (bytes > 0) {
                progress.advanced(done.addAndGet(bytes), total);
            }
        }
    }

    /** A source whose reads are counted. */
    record MeteredTensor(TensorSource source, TensorMeter meter) implements TensorSource.Wrapper {
        @Override
        public TensorSource sequential(long end) {
            return new MeteredTensor(source.sequential(end), meter);
        }

        @Override
        public void read(long first, float[] target, int count) {
            source.read(first, target, count);
            meter.add((long) count * source.info().dtype().bytes());
        }
    }
}
