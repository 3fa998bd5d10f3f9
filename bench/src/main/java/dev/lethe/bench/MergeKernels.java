package dev.lethe.bench;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.PreparedMerge;
import dev.lethe.merge.method.Scan;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.BlockCodec;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.TensorInfo;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What merging a bfloat16 tensor costs on one thread, in nanoseconds for an element of the result, beside a copy of the
 * bytes that a merge reads: base and two models, 6 bytes for an element. {@code bench/kernels} runs it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MergeKernels {
    private static final int ROWS = 4096;
    private static final int COLUMNS = 1024;
    private static final int SIZE = ROWS * COLUMNS;
    private static final int BLOCK = 1 << 12;

    private final List<ByteBuffer> models = new ArrayList<>();
    private final ByteBuffer room =
            ByteBuffer.allocateDirect(Short.BYTES * SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final BlockCodec codec = new BlockCodec(Dtype.BF16);
    private TensorGroup differences;
    private TensorGroup values;
    private PreparedMerge ties;

    /** A tensor in memory, as bytes of a file. */
    private record BufferTensor(ByteBuffer file, BlockCodec codec) implements TensorSource {
        @Override
        public TensorInfo info() {
            return TensorInfo.of(Dtype.BF16, ROWS, COLUMNS);
        }

        @Override
        public void read(long first, float[] target, int count) {
            codec.read(file.position((int) first * Short.BYTES), target, 0, count);
        }
    }

    /** A base, and fine-tunes whose differences from it are a fortieth of its numbers. */
    @Setup
    public void make() {
        SplittableRandom random = new SplittableRandom(1);
        float[] base = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            base[i] = (float) random.nextGaussian() / 50;
        }
        FloatBlocks.round(Dtype.BF16, base, SIZE);
        for (int model = 0; model < 3; model++) {
            float[] tuned = base.clone();
            for (int i = 0; i < SIZE && model > 0; i++) {
                tuned[i] += (float) random.nextGaussian() / 2000;
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect(Short.BYTES * SIZE).order(ByteOrder.LITTLE_ENDIAN);
            FloatBlocks.write(Dtype.BF16, tuned, SIZE, bytes);
            models.add(bytes.clear());
        }
        Options each = new Options(
                Map.of("normalize", true, "lambda", 1.0, "rescale", false),
                List.of(Map.of("weight", 0.5, "density", 0.5), Map.of("weight", 0.5, "density", 0.5)));
        differences = group(source(0), each);
        values = group(null, each);
        ties = Methods.named("ties", Semantics.LETHE).prepare(differences, Scan.SEQUENTIAL);
    }

    private TensorSource source(int model) {
        return new BufferTensor(models.get(model), new BlockCodec(Dtype.BF16));
    }

    private TensorGroup group(TensorSource base, Options options) {
        List<Long> shape = List.of((long) ROWS, (long) COLUMNS);
        return new TensorGroup("tensor", shape, base, List.of(source(1), source(2)), options, Dtype.F32, 0);
    }

    /** The limit: the bytes of base and models through memory, read and written. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public void copy() {
        for (ByteBuffer model : models) {
            MemorySegment.ofBuffer(room.clear()).copyFrom(MemorySegment.ofBuffer(model.clear()));
        }
    }

    /** The top-k masks of both models: {@code prepare} of {@code ties}. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public PreparedMerge topKMasks() {
        return Methods.named("ties", Semantics.LETHE).prepare(differences, Scan.SEQUENTIAL);
    }

    /** Trim, vote, average, and the numbers' way back to bytes. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public long ties() {
        return merge(ties);
    }

    /** The weighted mean of two models. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public long linear() {
        return merge(Methods.named("linear", Semantics.LETHE).prepare(values, Scan.SEQUENTIAL));
    }

    private long merge(PreparedMerge prepared) {
        room.clear();
        return prepared.merge(
                differences.chunking().chunks().getFirst(),
                (merged, count) -> codec.write(merged, 0, count, room, "tensor", 0));
    }

    /** Bytes of one model to numbers. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public float[] read() {
        float[] block = new float[BLOCK];
        TensorSource source = source(1);
        for (int first = 0; first < SIZE; first += BLOCK) {
            source.read(first, block, BLOCK);
        }
        return block;
    }
}
