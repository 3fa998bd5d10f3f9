package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One forward pass through the layers whose backward pass is run by hand: compute a loss from {@link #hidden}, call its
 * {@code backward}, then {@link #backward} once.
 */
public sealed interface TrainingPass {

    /** The final hidden states [rows, length, hidden]: a leaf, which gathers the gradient of the loss. */
    Tensor hidden();

    /** Propagates the gradient of {@link #hidden} to the trainable tensors; does nothing where there is none. */
    void backward();

    /** A pass that keeps what the backward pass needs, as far as it may. */
    static TrainingPass of(LanguageModel model, TokenBatch batch, Dropout dropout, PassLimits limits) {
        return batch.rows() > limits.rows()
                ? divided(model, batch, dropout, limits)
                : limits.checkpointing() ? checkpointed(model, batch, dropout) : kept(model, batch, dropout);
    }

    private static TrainingPass kept(LanguageModel model, TokenBatch batch, Dropout dropout) {
        Tensor node = model.hidden(batch, dropout);
        return new Kept(node, node.detach().requiresGrad(true));
    }

    /**
     * A pass that keeps nothing but the final states, and computes a few rows at a time again in the backward pass (Gao et al. 2021,
     * arXiv 2101.06983): as rows do not see each other, the loss and its gradient are those of the whole batch.
     */
    private static TrainingPass divided(LanguageModel model, TokenBatch batch, Dropout dropout, PassLimits limits) {
        try (NoGrad _ = new NoGrad()) {
            Tensor hidden = model.hidden(batch, dropout, limits);
            return new Divided(model, batch, dropout, limits, hidden.requiresGrad(true));
        }
    }

    /**
     * A pass that keeps only the input of each layer, and computes the layer again in the backward pass (gradient
     * checkpointing, Chen et al. 2016): the same gradients with less memory and a third more time.
     */
    private static TrainingPass checkpointed(LanguageModel model, TokenBatch batch, Dropout dropout) {
        Decoder decoder = model.decoder();
        Decoder.ForwardContext context = decoder.context(batch, dropout, null);
        List<Tensor> inputs = new ArrayList<>();
        try (NoGrad _ = new NoGrad()) {
            inputs.add(decoder.embed(batch));
            for (int layer = 0; layer < decoder.layers(); layer++) {
                inputs.add(decoder.layer(layer, inputs.getLast(), context));
            }
            Tensor hidden = decoder.finalNorm(inputs.getLast())
                    .view(batch.rows(), batch.length(), model.config().hiddenSize());
            return new Checkpointed(
                    decoder, batch, context, inputs, hidden.detach().requiresGrad(true));
        }
    }

    /** The whole graph is kept. */
    record Kept(Tensor node, Tensor hidden) implements TrainingPass {
        @Override
        public void backward() {
            hidden.grad().filter(_ -> node.requiresGrad()).ifPresent(node::backward);
        }
    }

    /** Nothing is kept but the final states. */
    record Divided(LanguageModel model, TokenBatch batch, Dropout dropout, PassLimits limits, Tensor hidden)
            implements TrainingPass {
        @Override
        public void backward() {
            hidden.grad().ifPresent(gradient -> {
                for (int first = 0; first < batch.rows(); first += limits.rows()) {
                    int from = first;
                    int rows = Math.min(limits.rows(), batch.rows() - first);
                    Scope.run(() -> {
                        TrainingPass pass = TrainingPass.of(
                                model, batch.part(from, rows), dropout.from(from * batch.length()), limits);
                        pass.hidden().backward(gradient.narrow(0, from, rows));
                        pass.backward();
                    });
                }
            });
        }
    }

    /** {@code inputs} of each layer and, last, of the final norm are kept. */
    record Checkpointed(
            Decoder decoder, TokenBatch batch, Decoder.ForwardContext context, List<Tensor> inputs, Tensor hidden)
            implements TrainingPass {

        @Override
        public void backward() {
            if (hidden.grad().isEmpty()) {
                return;
            }
            Tensor last = inputs.getLast();
            Tensor gradient = through(last, hidden.grad().get().view(last.shape()), decoder::finalNorm);
            for (int layer = decoder.layers() - 1; layer >= 0; layer--) {
                int index = layer;
                Tensor next = through(inputs.get(index), gradient, x -> decoder.layer(index, x, context));
                gradient.close();
                gradient = next;
            }
            Tensor toEmbedding = gradient;
            Scope.run(() -> {
                Tensor embedded = decoder.embed(batch);
                if (embedded.requiresGrad()) {
                    embedded.backward(toEmbedding);
                }
            });
        }

        /** The gradient of the input of {@code stage}, given that of its output. Frees the input. */
        private static Tensor through(Tensor input, Tensor gradient, java.util.function.UnaryOperator<Tensor> stage) {
            return Scope.of(() -> {
                Tensor leaf = input.detach().requiresGrad(true);
                input.close();
                stage.apply(leaf).backward(gradient);
                return leaf.grad().orElseThrow();
            });
        }
    }
}
