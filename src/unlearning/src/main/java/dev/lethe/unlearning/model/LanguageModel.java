package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A causal language model: base weights, with or without low-rank updates. Models that share a base share its memory, so
 * the reference model of an objective is {@code new LanguageModel(base)}.
 */
public final class LanguageModel {

    private final BaseModel base;
    private final Map<String, LoraFactors> updates;
    private final Decoder decoder;
    private final Tensor head;

    /** The model as it is. */
    public LanguageModel(BaseModel base) {
        this(base, Map.of());
    }

    /**
     * The model with low-rank updates.
     *
     * @param updates by module path, such as {@code model.layers.0.self_attn.q_proj}
     */
    public LanguageModel(BaseModel base, Map<String, LoraFactors> updates) {
        this.base = base;
        this.updates = Map.copyOf(updates);
        this.decoder = new Decoder(base, updates::get);
        this.head = base.weight(base.config().headName());
    }

    public BaseModel base() {
        return base;
    }

    /** The low-rank updates by module path; none of the model as it is. */
    public Map<String, LoraFactors> updates() {
        return updates;
    }

    public ModelConfig config() {
        return base.config();
    }

    Decoder decoder() {
        return decoder;
    }

    /** The final hidden states [rows, length, hidden] of a batch, without dropout. */
    public Tensor hidden(TokenBatch batch) {
        return hidden(batch, Dropout.NONE);
    }

    /** The final hidden states [rows, length, hidden] of a batch, with dropout of the updates' inputs. */
    public Tensor hidden(TokenBatch batch, Dropout dropout) {
        return hidden(batch, decoder.context(batch, dropout, null));
    }

    /** The final hidden states [rows, length, hidden] of a batch, of so many rows at a time as the limits say. */
    public Tensor hidden(TokenBatch batch, Dropout dropout, PassLimits limits) {
        if (batch.rows() <= limits.rows()) {
            return hidden(batch, dropout);
        }
        List<Tensor> parts = new ArrayList<>();
        for (int first = 0; first < batch.rows(); first += limits.rows()) {
            int from = first;
            TokenBatch part = batch.part(first, Math.min(limits.rows(), batch.rows() - first));
            parts.add(Scope.of(() -> hidden(part, dropout.from(from * batch.length()))));
        }
        return Tensor.cat(parts, 0);
    }

    /** The final hidden states of the batch's tokens, which follow those that the cache holds and join them. */
    public Tensor hidden(TokenBatch batch, KeyValueCache cache) {
        Tensor hidden = hidden(batch, decoder.context(batch, Dropout.NONE, cache));
        cache.advance(batch.length());
        return hidden;
    }

    private Tensor hidden(TokenBatch batch, Decoder.ForwardContext context) {
        Tensor states = decoder.embed(batch);
        for (int layer = 0; layer < decoder.layers(); layer++) {
            Tensor next = decoder.layer(layer, states, context);
            states.close(); // the gradient graph, where there is one, holds what it needs
            states = next;
        }
        return decoder.finalNorm(states).view(batch.rows(), batch.length(), config().hiddenSize());
    }

    /** The scores [..., vocabulary] of the next token, from hidden states [..., hidden], in the type of the weights. */
    public Tensor logits(Tensor hidden) {
        long[] shape = hidden.shape();
        Tensor rows = hidden.reshape(-1, shape[shape.length - 1]);
        shape[shape.length - 1] = head.size(0);
        return Linear.of(head).plain(rows).view(shape);
    }

    /** The scores [rows, length, vocabulary] of a batch, without dropout. */
    public Tensor forward(TokenBatch batch) {
        return logits(hidden(batch));
    }

    /**
     * {@code log p(target)} of each position: f32 [positions]. Logits exist for a few positions at a time only, see
     * {@link ChunkedLogits}.
     *
     * @param hidden final hidden states [positions, hidden] of the tokens before the targets
     */
    public Tensor logProbs(Tensor hidden, long[] targets) {
        return new ChunkedLogits(this).logProbs(hidden, targets);
    }

    /**
     * A value for each position that depends on the scores of that position alone, such as a divergence from another
     * model's distribution: f32 [positions]. Gradients flow to {@code hidden}.
     *
     * @param hidden final hidden states [positions, hidden]
     */
    public Tensor perPosition(Tensor hidden, ChunkedLogits.LogitsFunction function) {
        return new ChunkedLogits(this).values(hidden, function);
    }

    /**
     * About how many bytes a row takes to be continued: its keys and values, and what a layer makes of its prompt.
     *
     * @param prompt tokens that are read at once
     * @param capacity tokens in the end
     */
    public long bytesPerRow(int prompt, int capacity) {
        ModelConfig config = config();
        long numbers = 2L * config.layers() * config.kvHeads() * config.headDim() * capacity
                + (long) prompt * (8L * config.hiddenSize() + 4L * config.intermediateSize());
        // The last place's scores, in f32 too.
        return numbers * base.dtype().bytes()
                + (long) config.vocabSize() * (base.dtype().bytes() + Dtype.F32.bytes());
    }

    /** An empty cache for {@code rows} sequences of at most {@code capacity} tokens, padding included. */
    public KeyValueCache cache(int rows, int capacity) {
        ModelConfig config = config();
        List<Tensor> keys = new ArrayList<>();
        List<Tensor> values = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(cacheTensor(rows, capacity));
            values.add(cacheTensor(rows, capacity));
        }
        return new KeyValueCache(keys, values, capacity);
    }

    private Tensor cacheTensor(int rows, int capacity) {
        return Tensor.empty(base.dtype(), base.device(), rows, config().kvHeads(), capacity, config().headDim());
    }
}
