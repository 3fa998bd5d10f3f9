package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A linear module: {@code y = W x + b}, plus {@code scale * B (A x)} where an adapter is on it.
 *
 * @param weight [out, in] in a type; one that is made for each use lives no longer than that, or than the gradient graph
 * @param bias [out]
 * @param lora the adapter's factors
 */
record Linear(Function<Dtype, Tensor> weight, @Nullable Tensor bias, @Nullable LoraFactors lora) {

    /** Up to so many rows OpenBLAS is faster row by row: for a product of matrices it packs the whole weight. */
    private static final int FEW = 3;

    /** Of a weight [out, in] alone. */
    static Linear of(Tensor weight) {
        return new Linear(_ -> weight, null, null);
    }

    /** The module's own part for x [tokens, in]: [tokens, out]. */
    Tensor plain(Tensor x) {
        return Scope.of(() -> product(x, weight.apply(x.dtype())));
    }

    private Tensor product(Tensor x, Tensor w) {
        boolean few = x.size(0) <= FEW && x.dtype() == Dtype.F32 && x.device() == Device.CPU && bias == null;
        if (!few) {
            return Functional.linear(x, w, bias);
        }
        List<Tensor> rows = new ArrayList<>();
        for (long row = 0; row < x.size(0); row++) {
            rows.add(w.mv(x.select(0, row)));
        }
        return rows.size() == 1 ? rows.getFirst().view(1, w.size(0)) : Tensor.stack(rows, 0);
    }
}
