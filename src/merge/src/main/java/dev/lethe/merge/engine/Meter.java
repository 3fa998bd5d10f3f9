package dev.lethe.merge.engine;

import dev.lethe.merge.method.Source;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that are read and written, so that what is left is known whatever a method does with a tensor. */
final class Meter {
    private final AtomicLong done = new AtomicLong();
    private final long total;
    private final Progress progress;

    Meter(long total, Progress progress) {
        this.total = total;
        this.progress = progress;
    }

    /** What one tensor may count; a pass that was not needed is counted when the tensor is complete. */
    Share share(long most) {
        return new Share(most);
    }

    final class Share {
        private final long most;
        private final AtomicLong counted = new AtomicLong();

        private Share(long most) {
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
    record Metered(Source source, Share share) implements Source {
        @Override
        public TensorInfo kind() {
            return source.kind();
        }

        @Override
        public Source forward(long end) {
            return new Metered(source.forward(end), share);
        }

        @Override
        public void read(long first, float[] target, int count) {
            source.read(first, target, count);
            share.add((long) count * source.kind().dtype().bytes());
        }

        @Override
        public long bytes() {
            return source.bytes();
        }

        @Override
        public long retained() {
            return source.retained();
        }

        @Override
        public void release() {
            source.release();
        }
    }
}
