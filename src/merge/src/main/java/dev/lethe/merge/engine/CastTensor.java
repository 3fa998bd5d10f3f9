package dev.lethe.merge.engine;

import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.TensorInfo;

/** A tensor as it is after a conversion to another type: what {@code dtype} in a configuration asks for. */
public record CastTensor(TensorSource source, Dtype dtype) implements TensorSource.Wrapper {
    /** The source itself where nothing would change. */
    public static TensorSource of(TensorSource source, Dtype dtype) {
        return source.info().dtype() == dtype || dtype == Dtype.F32 || dtype == Dtype.F64
                ? source
                : new CastTensor(source, dtype);
    }

    @Override
    public TensorInfo info() {
        return TensorInfo.of(dtype, source.info().dimensions());
    }

    @Override
    public TensorSource sequential(long end) {
        return new CastTensor(source.sequential(end), dtype);
    }

    @Override
    public void read(long first, float[] target, int count) {
        source.read(first, target, count);
        FloatBlocks.round(dtype, target, count);
    }
}
