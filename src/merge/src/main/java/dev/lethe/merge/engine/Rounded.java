package dev.lethe.merge.engine;

import dev.lethe.merge.method.Source;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.TensorInfo;

/** A tensor as it is after a conversion to another type: what {@code dtype} in a configuration asks for. */
public record Rounded(Source source, Dtype dtype) implements Source {
    /** The source itself where nothing would change. */
    public static Source of(Source source, Dtype dtype) {
        return source.kind().dtype() == dtype || dtype == Dtype.F32 || dtype == Dtype.F64
                ? source
                : new Rounded(source, dtype);
    }

    @Override
    public TensorInfo kind() {
        return TensorInfo.of(dtype, source.kind().dimensions());
    }

    @Override
    public Source forward(long end) {
        return new Rounded(source.forward(end), dtype);
    }

    @Override
    public void read(long first, float[] target, int count) {
        source.read(first, target, count);
        FloatBlocks.round(dtype, target, count);
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
