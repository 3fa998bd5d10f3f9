package dev.lethe.unlearning.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.tensor.Dtype;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The shape of a decoder, as {@code config.json} of a Hugging Face folder describes it.
 *
 * @param architecture the family
 * @param vocabSize rows of the embedding
 * @param hiddenSize width of a token's state
 * @param intermediateSize width inside the feed-forward block
 * @param layers number of decoder layers
 * @param heads attention heads
 * @param kvHeads heads of keys and values; divides {@code heads}
 * @param headDim width of one head
 * @param normEps epsilon of the RMS norm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling how those are changed
 * @param maxPositions the longest sequence that the model was made for
 * @param tiedEmbeddings whether the head is the embedding
 * @param attentionBias whether the attention projections have biases
 * @param mlpBias whether the feed-forward projections have biases
 * @param clipQkv limit of queries, keys and values
 * @param initializerRange standard deviation of a new model's weights
 * @param padding the padding token, whose embedding begins at zero and gets no gradient
 * @param document the whole document, of which a saved model gets a copy
 */
public record ModelConfig(
        Architecture architecture,
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        double normEps,
        double ropeTheta,
        RopeScaling ropeScaling,
        int maxPositions,
        boolean tiedEmbeddings,
        boolean attentionBias,
        boolean mlpBias,
        Optional<Double> clipQkv,
        double initializerRange,
        OptionalInt padding,
        ObjectNode document) {

    public static final String FILE = "config.json";
    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String FINAL_NORM = "model.norm.weight";
    static final String HEAD = "lm_head.weight";

    /**
     * Reads config.json of a model folder.
     *
     * @throws InvalidInput naming the field, where it is missing, malformed, or asks for what is not supported
     */
    public static ModelConfig read(Path folder) {
        return new ModelConfigReader(JsonDocument.read(folder.resolve(FILE))).read();
    }

    /** The type that config.json says the weights are stored in; f32 where it says none. */
    public Dtype storedDtype() {
        String name = document.path("torch_dtype").asText(document.path("dtype").asText("float32"));
        return switch (name) {
            case "bfloat16" -> Dtype.BF16;
            case "float16" -> Dtype.F16;
            default -> Dtype.F32;
        };
    }

    /** What training does not do though config.json says so, in one line: the adapter's dropout is the only one. */
    public Optional<String> trainingNote() {
        double dropout = document.path("attention_dropout").asDouble(0);
        return dropout == 0
                ? Optional.empty()
                : Optional.of("%s: attention_dropout: found %s, trained without".formatted(FILE, dropout));
    }

    /** The same model with a head of its own. */
    ModelConfig untied() {
        ObjectNode changed = document.deepCopy().put("tie_word_embeddings", false);
        return new ModelConfigReader(new JsonDocument(FILE, changed)).read();
    }

    /** The name of the head's weight: the embedding's where they are tied. */
    public String headName() {
        return tiedEmbeddings ? EMBEDDING : HEAD;
    }

    /** Every weight that such a model has, and its shape. */
    public Map<String, long[]> weightShapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new long[] {vocabSize, hiddenSize});
        for (int layer = 0; layer < layers; layer++) {
            String prefix = layerPrefix(layer);
            linearShapes().forEach((module, shape) -> {
                shapes.put(prefix + module + ".weight", shape);
                if (module.startsWith("self_attn") ? attentionBias : mlpBias) {
                    shapes.put(prefix + module + ".bias", new long[] {shape[0]});
                }
            });
            if (architecture.scaledNorm()) {
                shapes.put(prefix + "input_layernorm.weight", new long[] {hiddenSize});
                shapes.put(prefix + "post_attention_layernorm.weight", new long[] {hiddenSize});
            }
        }
        if (architecture.scaledNorm()) {
            shapes.put(FINAL_NORM, new long[] {hiddenSize});
        }
        if (!tiedEmbeddings) {
            shapes.put(HEAD, new long[] {vocabSize, hiddenSize});
        }
        return shapes;
    }

    /** The linear modules of one layer, in the order of computation, with the shape [out, in] of their weights. */
    public Map<String, long[]> linearShapes() {
        long queries = (long) heads * headDim;
        long keys = (long) kvHeads * headDim;
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("self_attn.q_proj", new long[] {queries, hiddenSize});
        shapes.put("self_attn.k_proj", new long[] {keys, hiddenSize});
        shapes.put("self_attn.v_proj", new long[] {keys, hiddenSize});
        shapes.put("self_attn.o_proj", new long[] {hiddenSize, queries});
        shapes.put("mlp.gate_proj", new long[] {intermediateSize, hiddenSize});
        shapes.put("mlp.up_proj", new long[] {intermediateSize, hiddenSize});
        shapes.put("mlp.down_proj", new long[] {hiddenSize, intermediateSize});
        return shapes;
    }

    /** All linear modules but the head, by path, with the shape [out, in] of their weights. */
    public Map<String, long[]> linearModules() {
        Map<String, long[]> modules = new LinkedHashMap<>();
        for (int layer = 0; layer < layers; layer++) {
            String prefix = layerPrefix(layer);
            linearShapes().forEach((module, shape) -> modules.put(prefix + module, shape));
        }
        return modules;
    }

    /** The names of the weights of {@link #linearModules}. */
    Set<String> linearWeights() {
        return linearModules().keySet().stream().map(path -> path + ".weight").collect(Collectors.toUnmodifiableSet());
    }

    /** The prefix of the names of one layer's weights. */
    static String layerPrefix(int layer) {
        return "model.layers." + layer + ".";
    }
}
