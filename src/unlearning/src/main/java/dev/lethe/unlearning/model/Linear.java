package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A linear module: {@code y = W x + b}, plus {@code scale * B (A x)} where an adapter is on it.
 *
 * @param weight [out, in]
 * @param bias [out]
 * @param lora the adapter's factors
 */
record Linear(Tensor weight, @Nullable Tensor bias, @Nullable LowRank lora) {

    /** The module's own part for x [tokens, in]: [tokens, out]. */
    Tensor plain(Tensor x) {
        // OpenBLAS multiplies a single row far slower as a matrix than as a vector.
        boolean vector = x.size(0) == 1 && x.dtype() == Dtype.F32 && x.device() == Device.CPU && bias == null;
        return vector ? weight.mv(x.view(x.size(1))).view(1, weight.size(0)) : Functional.linear(x, weight, bias);
    }
}
