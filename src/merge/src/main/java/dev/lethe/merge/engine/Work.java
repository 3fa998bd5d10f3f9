package dev.lethe.merge.engine;

import dev.lethe.merge.method.Group;
import dev.lethe.merge.method.Method;
import dev.lethe.merge.method.Pieces;
import dev.lethe.merge.method.Source;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.List;
import java.util.stream.Stream;

/** How one tensor of the result comes about. */
public sealed interface Work {
    /** Type and shape of the result. */
    TensorInfo kind();

    /** The parts that are done one by one. */
    Pieces pieces();

    /** Bytes that go through this machine for it, reads and writes, at most. */
    long traffic();

    /** Bytes that one thread holds for it. */
    long memory();

    /** The same by another method, where it is merged at all. */
    Work by(Method method);

    /**
     * Copied as it is, whatever its type.
     *
     * @param from where its bytes are
     */
    record Copied(SafetensorsFile file, TensorInfo from) implements Work {
        @Override
        public TensorInfo kind() {
            return from;
        }

        /** By bytes, not by elements. */
        @Override
        public Pieces pieces() {
            return Pieces.of(List.of(from.bytes()));
        }

        @Override
        public long traffic() {
            return 2 * from.bytes();
        }

        @Override
        public long memory() {
            return PieceWriter.BUFFER;
        }

        @Override
        public Work by(Method method) {
            return this;
        }
    }

    /**
     * Merged by a method.
     *
     * @param inputs names of the group's inputs, for the manifest
     */
    record Merged(TensorInfo kind, Method method, Group group, List<String> inputs) implements Work {
        private static final int HISTOGRAMS = 3 << 18;
        private static final int TEMPORARIES = 6;

        @Override
        public Pieces pieces() {
            return Pieces.of(kind.dimensions());
        }

        @Override
        public long traffic() {
            long once = sources().mapToLong(Source::bytes).sum();
            return method.signature().passes() * once + kind.bytes();
        }

        @Override
        public long memory() {
            long arrays = (long) group.inputs().size() + TEMPORARIES;
            long block = method.signature().wholeRows() ? Math.max(Pieces.BLOCK, 2 * pieces().width()) : Pieces.BLOCK;
            long kept = sources().mapToLong(Source::retained).sum();
            return arrays * block * Float.BYTES
                    + (long) group.inputs().size() * HISTOGRAMS
                    + 2L * PieceWriter.BUFFER
                    + kept;
        }

        @Override
        public Work by(Method other) {
            return new Merged(kind, other, group, inputs);
        }

        /** The same, its reads counted. */
        Merged metered(Meter.Share share) {
            Source base = group.base() == null ? null : new Meter.Metered(group.base(), share);
            List<Source> metered = group.inputs().stream()
                    .map(source -> (Source) new Meter.Metered(source, share))
                    .toList();
            return new Merged(kind, method, group.withSources(base, metered), inputs);
        }

        Stream<Source> sources() {
            return Stream.concat(Stream.ofNullable(group.base()), group.inputs().stream());
        }
    }
}
