package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes values from logits, a few positions at a time: the logits of a batch over a large vocabulary are by far the
 * largest tensor of a training step. Each value depends on the logits of its own position alone.
 *
 * <p>As value {@code v_i} depends on hidden state {@code h_i} only, its gradient {@code g_i = dv_i/dh_i} is computed
 * right beside it, and what is returned is {@code v_i + (h_i . g_i - stop(h_i . g_i))}: exactly the value, and exactly
 * the gradient, whatever an objective does with the values afterwards. Where the head itself is trained, all logits
 * exist at once.
 */
public final class ChunkedLogits {

    /** Positions whose logits exist at once. */
    public static final int CHUNK = 128;

    private final LanguageModel model;
    private final Tensor head;

    /** A function of the logits of a few positions. */
    @FunctionalInterface
    public interface LogitsFunction {
        /**
         * The values f32 [n] of positions {@code first} to {@code first + n}; value i may depend on row i of the logits
         * only. Several values of each position, [n, values], are as good where no gradient is wanted.
         *
         * @param logits f32 [n, vocabulary]
         */
        Tensor apply(Tensor logits, int first);
    }

    ChunkedLogits(LanguageModel model) {
        this.model = model;
        this.head = model.base().weight(model.config().headName());
    }

    /** A value of a chunk and its gradient with respect to the chunk's hidden states. */
    private record Linearised(Tensor values, Tensor gradient) {}

    @FunctionalInterface
    private interface Chunk {
        /** Values [n] and gradients [n, hidden] for hidden states [n, hidden], which belong to no graph. */
        Linearised apply(Tensor hidden, int first);
    }

    Tensor values(Tensor hidden, LogitsFunction function) {
        if (head.requiresGrad()) {
            return function.apply(model.logits(hidden).to(Dtype.F32), 0);
        }
        if (!hidden.requiresGrad()) {
            return chunked(hidden, (part, first) -> {
                Tensor values = function.apply(model.logits(part).to(Dtype.F32), first);
                return new Linearised(values, part);
            });
        }
        return chunked(hidden, (part, first) -> {
            Tensor leaf = part.requiresGrad(true);
            Tensor values = function.apply(model.logits(leaf).to(Dtype.F32), first);
            values.sum().backward();
            return new Linearised(values.detach(), leaf.grad().orElseThrow());
        });
    }

    Tensor logProbs(Tensor hidden, long[] targets) {
        if (head.requiresGrad()) {
            return target(Functional.logSoftmax(model.logits(hidden).to(Dtype.F32), -1), index(targets));
        }
        Tensor all = index(targets);
        return chunked(hidden, (part, first) -> {
            Tensor chosen = all.narrow(0, first, part.size(0));
            try (NoGrad _ = new NoGrad()) {
                Tensor logits = model.logits(part).to(Dtype.F32);
                Tensor logProbs = Functional.logSoftmax(logits, -1);
                logits.close();
                Tensor values = target(logProbs, chosen);
                return new Linearised(values, hidden.requiresGrad() ? gradient(logProbs, chosen) : part);
            }
        });
    }

    /** {@code d log p(target) / dh = W[target] - sum over v of p(v) W[v]}, for log-probabilities [n, vocabulary]. */
    private Tensor gradient(Tensor logProbs, Tensor targets) {
        Tensor expected = logProbs.expInPlace().to(head.dtype()).matmul(head);
        return head.indexSelect(0, targets).sub(expected);
    }

    private static Tensor target(Tensor logProbs, Tensor targets) {
        return logProbs.gather(1, targets.view(-1, 1)).view(-1);
    }

    private Tensor index(long[] targets) {
        return Tensor.on(head.device(), targets, targets.length);
    }

    private static Tensor chunked(Tensor hidden, Chunk chunk) {
        Tensor plain = hidden.detach();
        int positions = (int) hidden.size(0);
        List<Tensor> values = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        for (int first = 0; first < positions; first += CHUNK) {
            try (Scope scope = new Scope()) {
                Tensor part = plain.narrow(0, first, Math.min(CHUNK, positions - first));
                Linearised linearised = chunk.apply(part.detach(), first);
                values.add(scope.keep(linearised.values));
                gradients.add(scope.keep(linearised.gradient));
            }
        }
        Tensor value = Tensor.cat(values, 0);
        if (!hidden.requiresGrad()) {
            return value;
        }
        Tensor slope =
                hidden.to(Dtype.F32).mul(Tensor.cat(gradients, 0).to(Dtype.F32)).sum(1);
        return value.add(slope.sub(slope.detach()));
    }
}
