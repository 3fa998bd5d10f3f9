package dev.lethe.unlearning.lora;

import dev.lethe.merge.InvalidInput;

/**
 * The settings of a new adapter on every linear module but the head.
 *
 * @param rank inner dimension, at least 1
 * @param alpha the update is scaled by alpha / rank, or alpha / sqrt(rank) with {@code rsLora}
 * @param dropout probability that an element of an adapter's input is dropped in training, in [0, 1)
 * @param rsLora rank-stabilised scaling (Kalajdzievski 2023)
 */
public record LoraSettings(int rank, double alpha, double dropout, boolean rsLora) {

    public LoraSettings {
        if (rank < 1) {
            throw InvalidInput.at("lora", "rank", Integer.toString(rank), "at least 1");
        }
        if (!(alpha > 0 && Double.isFinite(alpha))) {
            throw InvalidInput.at("lora", "alpha", Double.toString(alpha), "a number above 0");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw InvalidInput.at("lora", "dropout", Double.toString(dropout), "a probability below 1");
        }
    }

    /** With the scaling of the LoRA paper. */
    public LoraSettings(int rank, double alpha, double dropout) {
        this(rank, alpha, dropout, false);
    }

    /** The factor of the update. */
    public double scale() {
        return alpha / (rsLora ? Math.sqrt((double) rank) : rank);
    }
}
