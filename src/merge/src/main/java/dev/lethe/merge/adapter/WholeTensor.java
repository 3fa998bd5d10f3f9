package dev.lethe.merge.adapter;

import dev.lethe.merge.safetensors.TensorInfo;

/**
 * A tensor that stands in an adapter's file whole: a copy of the base's, such as PEFT writes of embeddings that it
 * adapts, or one in its place.
 *
 * @param tensor its name in the base model
 * @param stored its name in the adapter's file
 * @param info its type and shape
 * @param trained whether it belongs to a module that was trained whole ({@code modules_to_save}); it then takes that
 *     module's place alone, where a copy of the base's stands for all that share the tensor
 */
public record WholeTensor(String tensor, String stored, TensorInfo info, boolean trained) {
    /** Path of the module that it belongs to. */
    public String module() {
        return tensor.substring(0, tensor.lastIndexOf('.'));
    }

    /**
     * The name that PEFT gives to it.
     *
     * @param adapted whether its module has factors too
     */
    public String savedName(boolean adapted) {
        return AdapterTensor.PREFIX
                + (adapted ? module() + ".base_layer" + tensor.substring(tensor.lastIndexOf('.')) : tensor);
    }
}
