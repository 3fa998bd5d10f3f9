package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Each row by its largest magnitude m: codes are {@code round(127 w / m)}, and {@code code m / 127} is the weight. As LLM.int8()
 * has weights (Dettmers et al. 2022, arXiv 2208.07339): {@code int8_vectorwise_quant} and its inverse of bitsandbytes.
 *
 * @param codes i8 [out, in]
 * @param largest f32 [out, 1]
 */
record Int8Weight(Tensor codes, Tensor largest) implements QuantizedWeight {

    private static final double STEPS = 127;
    /** As bitsandbytes writes 1/127. */
    private static final double STEP = 7.874015718698502e-3;

    /** Keeps a row of zeros what it is. */
    private static final double SMALLEST = Float.MIN_NORMAL;

    static Int8Weight of(Tensor weight) {
        List<Tensor> codes = new ArrayList<>();
        List<Tensor> largest = new ArrayList<>();
        try (Scope _ = new Scope()) {
            long rows = Math.clamp(CHUNK / weight.size(1), 1, weight.size(0));
            for (long first = 0; first < weight.size(0); first += rows) {
                Tensor part = weight.narrow(0, first, Math.min(rows, weight.size(0) - first));
                try (Scope scope = new Scope()) {
                    Tensor exact = part.to(Dtype.F32);
                    Tensor most = exact.abs().amax(1);
                    Tensor steps =
                            Tensor.full(STEPS, Dtype.F32, most.device(), 1).div(most.clamp(SMALLEST, Float.MAX_VALUE));
                    codes.add(scope.keep(exact.mul(steps).round().to(Dtype.I8)));
                    largest.add(scope.keep(most));
                }
            }
            return new Int8Weight(
                    Tensor.cat(codes, 0).owned(), Tensor.cat(largest, 0).owned());
        }
    }

    static long bytes(long out, long in) {
        return out * in + out * Float.BYTES;
    }

    @Override
    public Tensor expanded(Dtype dtype) {
        return Scope.of(() -> {
            Tensor weight = Tensor.empty(dtype, codes.device(), codes.shape());
            long rows = Math.clamp(CHUNK / codes.size(1), 1, codes.size(0));
            for (long first = 0; first < codes.size(0); first += rows) {
                long from = first;
                long count = Math.min(rows, codes.size(0) - first);
                Scope.run(() -> weight.narrow(0, from, count)
                        .copyInPlace(codes.narrow(0, from, count)
                                .to(Dtype.F32)
                                .mulInPlace(largest.narrow(0, from, count))
                                .mulInPlace(STEP)));
            }
            return weight;
        });
    }

    @Override
    public void close() {
        codes.close();
        largest.close();
    }
}
