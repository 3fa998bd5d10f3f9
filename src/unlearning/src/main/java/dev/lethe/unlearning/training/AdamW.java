package dev.lethe.unlearning.training;

import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019) with the arithmetic of {@code torch.optim.AdamW}: betas
 * 0.9 and 0.999, epsilon 1e-8 added to the corrected root. Vectors (norms, biases) do not decay, as in transformers.
 */
public final class AdamW {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final SortedMap<String, Tensor> parameters;
    private final SortedMap<String, Tensor> means;
    private final SortedMap<String, Tensor> squares;
    private final double weightDecay;
    private int steps;

    /** An optimizer that has done no step. Its moments belong to the scope that is open now. */
    public AdamW(Map<String, Tensor> parameters, double weightDecay) {
        this.parameters = new TreeMap<>(parameters);
        this.weightDecay = weightDecay;
        this.means = zerosLike(this.parameters);
        this.squares = zerosLike(this.parameters);
    }

    /**
     * Changes every parameter that has a gradient, and forgets the gradients.
     *
     * @param rate the learning rate
     * @param maxNorm gradients are scaled down to this norm over all parameters; 0 leaves them
     */
    public void step(double rate, double maxNorm) {
        steps++;
        try (NoGrad _ = new NoGrad()) {
            double scale = maxNorm > 0 ? Math.min(1, maxNorm / (gradientNorm() + 1e-6)) : 1;
            parameters.forEach((name, parameter) -> {
                try (Scope _ = new Scope()) {
                    parameter.grad().ifPresent(gradient -> {
                        if (scale < 1) {
                            gradient.mulInPlace(scale);
                        }
                        update(name, parameter, gradient, rate);
                    });
                    parameter.clearGrad();
                }
            });
        }
    }

    /** The Euclidean norm of all gradients together. */
    public double gradientNorm() {
        double squared = 0;
        for (Tensor parameter : parameters.values()) {
            try (Scope _ = new Scope()) {
                squared += parameter
                        .grad()
                        .map(Tensor::norm)
                        .map(norm -> norm * norm)
                        .orElse(0.0);
            }
        }
        return Math.sqrt(squared);
    }

    private void update(String name, Tensor parameter, Tensor gradient, double rate) {
        if (parameter.shape().length > 1) {
            parameter.mulInPlace(1 - rate * weightDecay);
        }
        Tensor mean = means.get(name).mulInPlace(BETA1).addInPlace(gradient, 1 - BETA1);
        Tensor square = squares.get(name).mulInPlace(BETA2).addcmulInPlace(gradient, gradient, 1 - BETA2);
        double correction1 = 1 - Math.pow(BETA1, steps);
        double correction2 = 1 - Math.pow(BETA2, steps);
        Tensor root = square.sqrt().mulInPlace(1 / Math.sqrt(correction2)).addInPlace(EPSILON);
        parameter.addcdivInPlace(mean, root, -rate / correction1);
    }

    /** The moments, as {@code mean.NAME} and {@code square.NAME}: the live tensors. */
    SortedMap<String, Tensor> moments() {
        SortedMap<String, Tensor> moments = new TreeMap<>();
        means.forEach((name, mean) -> moments.put("mean." + name, mean));
        squares.forEach((name, square) -> moments.put("square." + name, square));
        return moments;
    }

    /** Steps done. */
    int steps() {
        return steps;
    }

    /** Continues as if {@code steps} steps had been done; the moments are overwritten through {@link #moments}. */
    void continueFrom(int steps) {
        this.steps = steps;
    }

    private static SortedMap<String, Tensor> zerosLike(Map<String, Tensor> parameters) {
        SortedMap<String, Tensor> zeros = new TreeMap<>();
        parameters.forEach((name, parameter) ->
                zeros.put(name, Tensor.zeros(parameter.dtype(), parameter.device(), parameter.shape())));
        return zeros;
    }
}
