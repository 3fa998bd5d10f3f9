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

/** The layers of a decoder-only transformer, from token ids to hidden states. */
final class Decoder {

    private final ModelConfig config;
    private final BaseModel base;
    private final List<Layer> layers;

    /** Weights of one layer; the norms are null in families without learned scales. */
    private record Layer(
            @Nullable Tensor inputNorm,
            Projections queryKeyValue,
            Projections output,
            @Nullable Tensor postNorm,
            Projections gateUp,
            Projections down) {}

    /** What all layers of one pass share. */
    record ForwardContext(
            int rows,
            int length,
            RotaryEmbedding rotation,
            Attention attention,
            Dropout dropout,
            @Nullable KeyValueCache cache) {}

    /** A decoder over the weights of {@code base}, with the low-rank updates that {@code lora} has by module path. */
    Decoder(BaseModel base, Function<String, @Nullable LoraFactors> lora) {
        this.config = base.config();
        this.base = base;
        this.layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(ModelConfig.layerPrefix(i), lora));
        }
    }

    private Layer layer(String prefix, Function<String, @Nullable LoraFactors> lora) {
        Function<String, Linear> linear = module -> {
            String path = prefix + module;
            String weight = path + ".weight";
            return new Linear(
                    type -> base.linear(weight, type), base.find(path + ".bias").orElse(null), lora.apply(path));
        };
        return new Layer(
                base.find(prefix + "input_layernorm.weight").orElse(null),
                new Projections(
                        List.of(
                                linear.apply("self_attn.q_proj"),
                                linear.apply("self_attn.k_proj"),
                                linear.apply("self_attn.v_proj")),
                        0),
                new Projections(List.of(linear.apply("self_attn.o_proj")), 1),
                base.find(prefix + "post_attention_layernorm.weight").orElse(null),
                new Projections(List.of(linear.apply("mlp.gate_proj"), linear.apply("mlp.up_proj")), 2),
                new Projections(List.of(linear.apply("mlp.down_proj")), 3));
    }

    int layers() {
        return layers.size();
    }

    /** What the layers need to know of a batch. */
    ForwardContext context(TokenBatch batch, Dropout dropout, @Nullable KeyValueCache cache) {
        Tensor embedding = base.weight(ModelConfig.EMBEDDING);
        Dtype dtype = embedding.dtype();
        Device device = embedding.device();
        int past = cache == null ? 0 : cache.length();
        int[] padding = cache == null ? batch.padding() : cache.padding(batch);
        boolean padded = java.util.Arrays.stream(padding).anyMatch(p -> p > 0);
        int folded = batch.folded();
        boolean fromLeft = !padded || folded > 0;
        int[][] positions = new int[fromLeft ? 1 : padding.length][batch.length()];
        for (int row = 0; row < positions.length; row++) {
            int before = fromLeft ? Math.max(1, folded) - 1 : -padding[row];
            for (int i = 0; i < batch.length(); i++) {
                positions[row][i] = Math.max(0, past + i + before);
            }
        }
        return new ForwardContext(
                batch.rows(),
                batch.length(),
                RotaryEmbedding.of(config, positions, folded, dtype, device),
                padded && folded > 0
                        ? Attention.withPaddingStates(padding, folded, batch.length(), dtype, device)
                        : Attention.of(padding, padded, past, batch.length(), dtype, device),
                dropout,
                cache);
    }

    /** The states [rows * length, hidden] before the first layer. */
    Tensor embed(TokenBatch batch) {
        Tensor embedding = base.weight(ModelConfig.EMBEDDING);
        return Functional.embedding(
                embedding, batch.flatIds(embedding.device()), config.padding().orElse(-1));
    }

    /** The states after layer {@code index}. */
    Tensor layer(int index, Tensor states, ForwardContext context) {
        return Scope.of(() -> {
            Layer layer = layers.get(index);
            Tensor attended = states.add(attend(index, layer, norm(states, layer.inputNorm), context));
            return attended.add(feedForward(index, layer, norm(attended, layer.postNorm), context));
        });
    }

    /** The states after the final norm. */
    Tensor finalNorm(Tensor states) {
        return norm(states, base.find(ModelConfig.FINAL_NORM).orElse(null));
    }

    private Tensor norm(Tensor states, @Nullable Tensor scale) {
        return config.architecture().norm(states, scale, config);
    }

    private Tensor attend(int index, Layer layer, Tensor x, ForwardContext context) {
        List<Tensor> projected = layer.queryKeyValue.apply(x, context.dropout, index);
        Tensor q = context.rotation.apply(heads(projected.get(0), context)).transpose(1, 2);
        Tensor k = context.rotation.apply(heads(projected.get(1), context)).transpose(1, 2);
        Tensor v = heads(projected.get(2), context).transpose(1, 2);
        if (context.cache != null) {
            k = context.cache.keys(index, k);
            v = context.cache.values(index, v);
        }
        Tensor attended = context.attention.apply(q, k, v).transpose(1, 2);
        return layer.output
                .apply(attended.reshape(x.size(0), q.size(1) * q.size(3)), context.dropout, index)
                .getFirst();
    }

    /** [tokens, heads * head] as [rows, length, heads, head]. */
    private Tensor heads(Tensor projected, ForwardContext context) {
        Tensor x = config.architecture().projected(projected, config);
        return x.view(context.rows, context.length, x.size(1) / config.headDim(), config.headDim());
    }

    private static Tensor feedForward(int index, Layer layer, Tensor x, ForwardContext context) {
        List<Tensor> gateUp = layer.gateUp.apply(x, context.dropout, index);
        Tensor product = Functional.silu(gateUp.get(0)).mul(gateUp.get(1));
        return layer.down.apply(product, context.dropout, index).getFirst();
    }
}
