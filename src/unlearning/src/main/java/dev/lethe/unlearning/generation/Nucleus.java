package dev.lethe.unlearning.generation;

import java.util.random.RandomGenerator;

/**
 * Nucleus sampling: a token by its probability among the fewest most likely ones that together have at least {@code topP}. Drawn
 * from all until one of those comes, which gives the same distribution and sorts nothing.
 *
 * <p>Source: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", arXiv 1904.09751.
 *
 * @param topP in (0, 1]
 */
record Nucleus(double topP, RandomGenerator random) {
    /** @param logits of the vocabulary */
    int token(float[] logits) {
        float highest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double[] upTo = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += Math.exp(logits[i] - highest);
            upTo[i] = sum;
        }
        while (true) {
            int token = drawn(upTo, random.nextDouble() * sum);
            if (likelier(logits, logits[token], highest) < topP * sum) {
                return token;
            }
        }
    }

    /** The first token with more than that mass up to it. */
    private static int drawn(double[] upTo, double mass) {
        int low = 0;
        int high = upTo.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upTo[middle] > mass) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The mass of the tokens that are likelier than one. */
    private static double likelier(float[] logits, float than, float highest) {
        double mass = 0;
        for (float logit : logits) {
            if (logit > than) {
                mass += Math.exp(logit - highest);
            }
        }
        return mass;
    }
}
