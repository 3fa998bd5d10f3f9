package dev.lethe.unlearning.training;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019) with the arithmetic of {@code torch.optim.AdamW}: betas
 * 0.9 and 0.999, epsilon 1e-8 added to the corrected root. Vectors (norms, biases) do not decay, as in transformers.
 *
 * <p>On a CPU parameters are changed one by one. On a GPU, where hundreds of small operations take longer to start than to run, they
 * are views of a few large tensors, and a step never waits for a number.
 */
public final class AdamW {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    /** Keeps a gradient of zeros what it is, as in torch's clip_grad_norm_. */
    private static final double SMALLEST = 1e-6;

    private final List<Block> blocks = new ArrayList<>();
    private final double weightDecay;
    private final boolean joined;
    private int steps;

    /**
     * Parameters that are changed together.
     *
     * @param parameters in the order in which they lie in {@code all}
     * @param all of their elements: the only parameter itself, or a vector that they are views of
     * @param mean moments, shaped as {@code all}
     * @param decays whether they are matrices
     */
    private record Block(SortedMap<String, Tensor> parameters, Tensor all, Tensor mean, Tensor square, boolean decays) {
        static Block of(SortedMap<String, Tensor> parameters, Tensor all) {
            return new Block(
                    parameters,
                    all,
                    Tensor.zeros(all.dtype(), all.device(), all.shape()),
                    Tensor.zeros(all.dtype(), all.device(), all.shape()),
                    isMatrix(parameters.values().iterator().next()));
        }

        /** Parameters moved into one vector. */
        static Block joined(SortedMap<String, Tensor> parameters) {
            try (NoGrad _ = new NoGrad()) {
                Tensor all = Tensor.cat(flat(parameters.values()), 0);
                Block block = Block.of(parameters, all);
                block.views(all).forEach((name, view) -> parameters.get(name).viewOf(view));
                return block;
            }
        }

        /** The parts of a tensor shaped as {@code all}, by the names of the parameters. */
        SortedMap<String, Tensor> views(Tensor of) {
            SortedMap<String, Tensor> views = new TreeMap<>();
            long first = 0;
            for (Map.Entry<String, Tensor> it : parameters.entrySet()) {
                Tensor parameter = it.getValue();
                views.put(
                        it.getKey(),
                        of.view(-1).narrow(0, first, parameter.count()).view(parameter.shape()));
                first += parameter.count();
            }
            return views;
        }

        /** Nothing where no parameter has one. */
        Optional<Tensor> gradient() {
            if (parameters.size() == 1) {
                return parameters.values().iterator().next().grad().map(it -> it.view(all.shape()));
            }
            if (parameters.values().stream().allMatch(it -> it.grad().isEmpty())) {
                return Optional.empty();
            }
            return Optional.of(Tensor.cat(
                    flat(parameters.values().stream()
                            .map(it -> it.grad().orElseGet(() -> Tensor.zeros(it.dtype(), it.device(), it.shape())))
                            .toList()),
                    0));
        }

        private static List<Tensor> flat(Collection<Tensor> tensors) {
            return tensors.stream().map(it -> it.reshape(-1)).toList();
        }
    }

    private static boolean isMatrix(Tensor parameter) {
        return parameter.shape().length > 1;
    }

    /** An optimizer that has done no step. Its moments belong to the scope that is open now. */
    public AdamW(Map<String, Tensor> parameters, double weightDecay) {
        this(parameters, weightDecay, parameters.values().stream().anyMatch(it -> it.device() != Device.CPU));
    }

    /** @param joined whether parameters are changed together */
    AdamW(Map<String, Tensor> parameters, double weightDecay, boolean joined) {
        this.weightDecay = weightDecay;
        this.joined = joined;
        if (joined) {
            parameters.entrySet().stream()
                    .collect(Collectors.partitioningBy(it -> isMatrix(it.getValue())))
                    .values()
                    .stream()
                    .filter(alike -> !alike.isEmpty())
                    .forEach(alike -> {
                        SortedMap<String, Tensor> block = new TreeMap<>();
                        alike.forEach(it -> block.put(it.getKey(), it.getValue()));
                        blocks.add(Block.joined(block));
                    });
        } else {
            new TreeMap<>(parameters).forEach((name, it) -> blocks.add(Block.of(new TreeMap<>(Map.of(name, it)), it)));
        }
    }

    private record Changed(Block block, Tensor gradient) {}

    /**
     * Changes every parameter that has a gradient, and forgets the gradients.
     *
     * @param rate the learning rate
     * @param maxNorm gradients are scaled down to this norm over all parameters; 0 leaves them
     */
    public void step(double rate, double maxNorm) {
        steps++;
        try (NoGrad _ = new NoGrad();
                Scope _ = new Scope()) {
            List<Changed> changed = blocks.stream()
                    .flatMap(block -> block.gradient().stream().map(gradient -> new Changed(block, gradient)))
                    .toList();
            if (maxNorm > 0 && !changed.isEmpty()) {
                clip(changed.stream().map(Changed::gradient).toList(), maxNorm);
            }
            changed.forEach(it -> Scope.run(() -> update(it.block, it.gradient, rate)));
            blocks.forEach(block -> block.parameters.values().forEach(Tensor::clearGrad));
        }
    }

    private void clip(List<Tensor> gradients, double maxNorm) {
        if (joined) {
            Tensor squared = Tensor.stack(
                            gradients.stream().map(it -> it.square().sum()).toList(), 0)
                    .sum();
            Tensor most = Tensor.full(maxNorm, squared.dtype(), squared.device());
            Tensor scale = most.div(squared.sqrt().add(SMALLEST)).clamp(0, 1);
            gradients.forEach(it -> it.mulInPlace(scale));
        } else {
            double scale = maxNorm / (norm(gradients) + SMALLEST);
            if (scale < 1) {
                gradients.forEach(it -> it.mulInPlace(scale));
            }
        }
    }

    /** The Euclidean norm of all gradients together. */
    public double gradientNorm() {
        try (Scope _ = new Scope()) {
            return norm(
                    blocks.stream().flatMap(block -> block.gradient().stream()).toList());
        }
    }

    private static double norm(List<Tensor> gradients) {
        double squared = 0;
        for (Tensor gradient : gradients) {
            double norm = gradient.norm();
            squared += norm * norm;
        }
        return Math.sqrt(squared);
    }

    private void update(Block block, Tensor gradient, double rate) {
        Tensor all = block.all;
        if (block.decays) {
            all.mulInPlace(1 - rate * weightDecay);
        }
        Tensor mean = block.mean.mulInPlace(BETA1).addInPlace(gradient, 1 - BETA1);
        Tensor square = block.square.mulInPlace(BETA2).addcmulInPlace(gradient, gradient, 1 - BETA2);
        double correction1 = 1 - Math.pow(BETA1, steps);
        double correction2 = 1 - Math.pow(BETA2, steps);
        Tensor root = square.sqrt().mulInPlace(1 / Math.sqrt(correction2)).addInPlace(EPSILON);
        all.addcdivInPlace(mean, root, -rate / correction1);
    }

    /** The moments, as {@code mean.NAME} and {@code square.NAME}: the live tensors. */
    SortedMap<String, Tensor> moments() {
        SortedMap<String, Tensor> moments = new TreeMap<>();
        for (Block block : blocks) {
            block.views(block.mean).forEach((name, mean) -> moments.put("mean." + name, mean));
            block.views(block.square).forEach((name, square) -> moments.put("square." + name, square));
        }
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
}
