package dev.lethe.unlearning.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** A seeded stream of random numbers on the CPU (libtorch's Mersenne twister), whose state can be saved and restored. */
public final class RandomSource {

    static {
        NativeRuntime.prepare();
    }

    private final Generator generator;

    private RandomSource(Generator generator) {
        this.generator = generator;
    }

    /** The stream that begins at {@code seed}. */
    public static RandomSource seeded(long seed) {
        Generator generator = torch.make_generator_cpu(seed);
        generator.retainReference(); // a stream outlives the scope it was made in
        return new RandomSource(generator);
    }

    /** The stream that goes on where {@link #state()} was taken. */
    public static RandomSource restored(byte[] state) {
        RandomSource source = seeded(0);
        try (Scope _ = new Scope()) {
            source.generator.set_state(torch.tensor(state).to(torch.ScalarType.Byte));
        }
        return source;
    }

    /** Where the stream stands. */
    public byte[] state() {
        try (Scope _ = new Scope()) {
            org.bytedeco.pytorch.Tensor state = generator.get_state();
            byte[] bytes = new byte[(int) state.numel()];
            new org.bytedeco.javacpp.BytePointer(state.data_ptr()).get(bytes);
            return bytes;
        }
    }

    /** Uniform f32 numbers of [0, 1). */
    public Tensor uniform(long... shape) {
        return new Tensor(
                torch.rand(shape, new GeneratorOptional(generator), new TensorOptions(Dtype.F32.scalarType())));
    }

    /** Standard normal f32 numbers. */
    public Tensor normal(long... shape) {
        return new Tensor(
                torch.randn(shape, new GeneratorOptional(generator), new TensorOptions(Dtype.F32.scalarType())));
    }
}
