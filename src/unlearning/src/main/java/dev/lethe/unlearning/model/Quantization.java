package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.List;

/**
 * Rounding of weights to a few bits, symmetric: a group of weights that share their largest magnitude m become the nearest
 * multiples of {@code m / steps}.
 */
public enum Quantization {
    /** 8 bit; an output channel is a group (Dettmers et al. 2022, arXiv 2208.07339, for weights). */
    INT8(127, Long.MAX_VALUE),
    /** 4 bit; 64 neighbours of an output channel are a group. */
    INT4(7, 64);

    /** Keeps a group of zeros what it is. */
    private static final double SMALLEST = Float.MIN_NORMAL;

    private final int steps;
    private final long group;

    Quantization(int steps, long group) {
        this.steps = steps;
        this.group = group;
    }

    /**
     * The weights as a runtime has them that stores so many bits.
     *
     * @param weight [out, in]; the last group of a channel may be a smaller one
     * @return f32 [out, in]
     */
    Tensor roundTrip(Tensor weight) {
        Tensor exact = weight.to(Dtype.F32);
        long in = exact.size(1);
        long width = Math.min(group, in);
        long whole = in / width * width;
        Tensor groups = rounded(exact.narrow(1, 0, whole).reshape(-1, width)).view(exact.size(0), whole);
        return whole == in ? groups : Tensor.cat(List.of(groups, rounded(exact.narrow(1, whole, in - whole))), 1);
    }

    /** Each row [groups, width] as a group. */
    private Tensor rounded(Tensor groups) {
        Tensor step = groups.abs().amax(1).mul(1.0 / steps).clamp(SMALLEST, Float.MAX_VALUE);
        return groups.div(step).round().clamp(-steps, steps).mul(step);
    }
}
