package dev.lethe.merge.engine;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.method.Chunking;
import dev.lethe.merge.method.MergeMethod;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How one tensor of the result is made. */
public sealed interface TensorTask {
    /** Type and shape of the result. */
    TensorInfo info();

    /** The chunks that are written one by one. */
    Chunking chunking();

    /** Bytes that are read and written for it, at most. */
    long ioBytes();

    /** Bytes that one thread holds for it. */
    long memory();

    /** The same with another method; a copy has none. */
    TensorTask withMethod(MergeMethod method);

    /**
     * Copied as it is, whatever its type.
     *
     * @param from where its bytes are
     */
    record Copy(SafetensorsFile file, TensorInfo from) implements TensorTask {
        @Override
        public TensorInfo info() {
            return from;
        }

        /** By bytes, not by elements. */
        @Override
        public Chunking chunking() {
            return Chunking.of(List.of(from.bytes()));
        }

        @Override
        public long ioBytes() {
            return 2 * from.bytes();
        }

        @Override
        public long memory() {
            return ChunkWriter.BUFFER;
        }

        @Override
        public TensorTask withMethod(MergeMethod method) {
            return this;
        }
    }

    /**
     * Merged by a method.
     *
     * @param inputs names of the group's inputs, for the manifest
     */
    record Merge(TensorInfo info, MergeMethod method, TensorGroup group, List<String> inputs) implements TensorTask {
        private static final int HISTOGRAMS = 3 << 18;
        private static final int TEMPORARIES = 6;
        private static final MergeMethod PASSTHROUGH = Methods.named("passthrough", Semantics.LETHE);
        private static final Options UNSCALED = new Options(Map.of(), List.of(Map.of("scale", 1.0)));

        /** One source as it is, rounded to the type of the result. */
        public static Merge passthrough(String tensor, Dtype dtype, TensorSource source, List<String> inputs) {
            List<Long> shape = source.info().dimensions();
            TensorGroup group = new TensorGroup(tensor, shape, null, List.of(source), UNSCALED, Dtype.F32, 0);
            return new Merge(TensorInfo.of(dtype, shape), PASSTHROUGH, group, inputs);
        }

        @Override
        public Chunking chunking() {
            return Chunking.of(info.dimensions());
        }

        @Override
        public long ioBytes() {
            long once = sources().mapToLong(TensorSource::bytes).sum();
            return method.signature().passes() * once + info.bytes();
        }

        @Override
        public long memory() {
            long arrays = (long) group.inputs().size() + TEMPORARIES;
            long block = method.signature().wholeRows()
                    ? Math.max(Chunking.BLOCK, 2 * chunking().width())
                    : Chunking.BLOCK;
            long kept = sources().mapToLong(TensorSource::cachedBytes).sum();
            return arrays * block * Float.BYTES
                    + (long) group.inputs().size() * HISTOGRAMS
                    + 2L * ChunkWriter.BUFFER
                    + kept;
        }

        @Override
        public TensorTask withMethod(MergeMethod other) {
            return new Merge(info, other, group, inputs);
        }

        /** The same, its reads counted. */
        Merge metered(ProgressMeter.TensorMeter tensorMeter) {
            TensorSource base =
                    group.base() == null ? null : new ProgressMeter.MeteredTensor(group.base(), tensorMeter);
            List<TensorSource> metered = group.inputs().stream()
                    .map(source -> (TensorSource) new ProgressMeter.MeteredTensor(source, tensorMeter))
                    .toList();
            return new Merge(info, method, group.withSources(base, metered), inputs);
        }

        Stream<TensorSource> sources() {
            return Stream.concat(Stream.ofNullable(group.base()), group.inputs().stream());
        }
    }
}
