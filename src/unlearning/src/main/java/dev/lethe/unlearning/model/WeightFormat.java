package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.function.Function;

/**
 * How the frozen weights of a decoder's linear modules are held in memory. What is held in another form than it is computed in
 * is expanded where its module computes, one layer at a time. Embedding, head, norms and biases are always held as they are
 * computed in.
 */
public enum WeightFormat {
    /** In the type that they are computed in. */
    COMPUTED,
    /** In bf16. */
    BF16,
    /** In 8 bit, with a scale for each row: {@link Int8Weight}. */
    INT8,
    /** In 4 bit, with a scale for each 64 neighbours: {@link Nf4Weight}. */
    NF4;

    /** Whether weights are held in another form than {@code computed}. */
    public boolean differsFrom(Dtype computed) {
        return this != COMPUTED && !(this == BF16 && computed == Dtype.BF16);
    }

    /** Whether weights become codes, and not just numbers of another type. */
    boolean isQuantized() {
        return this == INT8 || this == NF4;
    }

    /** The type of weights that are not quantised. */
    Dtype dtype(Dtype computed) {
        return this == BF16 ? Dtype.BF16 : computed;
    }

    /** Makes codes of weights [out, in] that lie on a device, in memory of their own there. */
    Function<Tensor, QuantizedWeight> quantizer(Device device) {
        return switch (this) {
            case INT8 -> Int8Weight::of;
            case NF4 -> {
                Nf4Weight.Tables tables = Nf4Weight.Tables.on(device);
                yield weight -> Nf4Weight.of(weight, tables);
            }
            case COMPUTED, BF16 -> throw new IllegalStateException(this + ": has no codes");
        };
    }

    /** The bytes of a weight [out, in] with its scales. */
    public long bytes(long out, long in, Dtype computed) {
        long count = out * in;
        return switch (this) {
            case COMPUTED, BF16 -> count * dtype(computed).bytes();
            case INT8 -> Int8Weight.bytes(out, in);
            case NF4 -> Nf4Weight.bytes(count);
        };
    }
}
