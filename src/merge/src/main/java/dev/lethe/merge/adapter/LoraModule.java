package dev.lethe.merge.adapter;

import dev.lethe.merge.safetensors.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * One adapted module: its weight changes by scaling · B · A.
 *
 * @param path path in the base model, such as {@code model.layers.0.self_attn.q_proj}
 * @param a the factor A, [rank, inputs]; of an embedding [rank, vocabulary]
 * @param b the factor B, [outputs, rank]; of an embedding [dimension, rank]
 * @param embedding whether the base weight is an embedding, [vocabulary, dimension], that changes by the transpose
 * @param rank inner dimension
 * @param scaling alpha/rank, or alpha/√rank with rsLoRA, patterns applied
 * @param magnitude DoRA's lengths of the changed weight's rows, [outputs], of an embedding's columns, [dimension]; null in
 *     plain LoRA
 */
public record LoraModule(
        String path, Factor a, Factor b, boolean embedding, int rank, double scaling, @Nullable Factor magnitude) {
    /** The axis of A along which the rank runs. */
    public static final int RANK_AXIS_OF_A = 0;

    /** The axis of B along which the rank runs. */
    public static final int RANK_AXIS_OF_B = 1;

    /**
     * One of the module's tensors.
     *
     * @param tensor name of the tensor in the adapter's file
     * @param info its type and shape
     */
    public record Factor(String tensor, TensorInfo info) {}

    /** The name that PEFT gives to factor {@code A} or {@code B}. */
    public String tensorName(char factor) {
        return new AdapterTensor.Factor(path, factor, embedding).savedName();
    }

    /** Name of the base model's tensor that changes. */
    public String baseTensor() {
        return path + ".weight";
    }
}
