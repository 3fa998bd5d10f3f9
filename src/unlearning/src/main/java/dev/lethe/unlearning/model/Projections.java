package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Linear modules that read the same input, such as queries, keys and values. Their adapters' down-projections are one
 * matrix product of the stacked A factors, since products with a few columns each are slow.
 *
 * @param linears the modules
 * @param place the number of the place in the layer, for dropout
 */
record Projections(List<Linear> linears, int place) {

    /** The outputs [tokens, out] of all modules for x [tokens, in]. */
    List<Tensor> apply(Tensor x, Dropout dropout, int layer) {
        List<LoraFactors> adapters =
                linears.stream().map(Linear::lora).filter(Objects::nonNull).toList();
        if (adapters.isEmpty()) {
            return linears.stream().map(linear -> linear.plain(x)).toList();
        }
        Tensor input = dropout.apply(x.to(Dtype.F32), layer, place);
        Tensor stacked = adapters.size() == 1
                ? adapters.getFirst().a()
                : Tensor.cat(adapters.stream().map(LoraFactors::a).toList(), 0);
        Tensor down = Linear.of(stacked).plain(input);
        List<Tensor> outputs = new ArrayList<>();
        long column = 0;
        for (Linear linear : linears) {
            Tensor y = linear.plain(x);
            LoraFactors lora = linear.lora();
            if (lora != null) {
                long rank = lora.a().size(0);
                y = added(y, down.narrow(1, column, rank), lora, dropout.scale());
                column += rank;
            }
            outputs.add(y);
        }
        return outputs;
    }

    /** {@code y + scale * B down}, summed in f32 and rounded once, as PEFT does. */
    private static Tensor added(Tensor y, Tensor down, LoraFactors lora, double dropoutScale) {
        return y.to(Dtype.F32)
                .addmmInPlace(down, lora.b().transpose(0, 1), lora.scale() * dropoutScale)
                .to(y.dtype());
    }
}
