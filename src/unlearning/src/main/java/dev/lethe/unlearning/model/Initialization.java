package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The initial weights of a model. */
final class Initialization {

    private Initialization() {}

    /** A pure function of its arguments; each weight has a random stream of its own. */
    static Tensor weight(ModelConfig config, String name, long[] shape, long seed) {
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        float[] values = new float[count];
        if (name.endsWith("norm.weight")) {
            Arrays.fill(values, 1);
        } else if (!name.endsWith(".bias")) {
            SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
            for (int i = 0; i < count; i++) {
                values[i] = (float) (random.nextGaussian() * config.initializerRange());
            }
        }
        if (name.equals(ModelConfig.EMBEDDING)) {
            config.padding().ifPresent(row -> {
                int first = row * config.hiddenSize();
                Arrays.fill(values, first, first + config.hiddenSize(), 0);
            });
        }
        return Tensor.of(values, shape).owned();
    }
}
