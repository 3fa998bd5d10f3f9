package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Rotary position embedding (Su et al. 2021) of one batch, in the half-split layout of Hugging Face.
 *
 * @param cos [rows or 1, length, 1, head]
 * @param sin shaped as {@code cos}; the first half is negated, which stands for the minus of the rotation
 */
record RotaryEmbedding(Tensor cos, Tensor sin) {

    /**
     * The rotation of tokens whose positions in their row are {@code positions}, [rows or 1][length].
     *
     * @param folded how many tokens of padding the first column stands for, from position 0 on. It gets the mean of their
     *     rotations: no score of padding counts, but gradients through scores do, and they are linear in the rotation.
     */
    static RotaryEmbedding of(ModelConfig config, int[][] positions, int folded, Dtype dtype, Device device) {
        int head = config.headDim();
        int half = head / 2;
        int length = positions[0].length;
        float[] cos = new float[positions.length * length * head];
        float[] sin = new float[cos.length];
        for (int i = 0; i < half; i++) {
            double plain = Math.pow(config.ropeTheta(), -2.0 * i / head);
            float frequency = (float) config.ropeScaling().scaled((float) plain);
            for (int token = 0; token < positions.length * length; token++) {
                float angle = positions[token / length][token % length] * frequency;
                int at = token * head + i;
                cos[at] = cos[at + half] = (float) Math.cos(angle);
                sin[at + half] = (float) Math.sin(angle);
                sin[at] = -sin[at + half];
            }
            if (folded > 1) {
                cos[i] = cos[i + half] = mean(folded, position -> Math.cos((float) position * frequency));
                sin[i + half] = mean(folded, position -> Math.sin((float) position * frequency));
                sin[i] = -sin[i + half];
            }
        }
        long[] shape = {positions.length, length, 1, head};
        return new RotaryEmbedding(
                Tensor.on(device, cos, shape).to(dtype),
                Tensor.on(device, sin, shape).to(dtype));
    }

    private static float mean(int count, IntToDoubleFunction of) {
        return (float) IntStream.range(0, count).mapToDouble(of).sum() / count;
    }

    /** Rotates queries or keys [rows, length, heads, head]. */
    Tensor apply(Tensor x) {
        long half = x.size(3) / 2;
        Tensor swapped = Tensor.cat(List.of(x.narrow(3, half, half), x.narrow(3, 0, half)), 3);
        return x.mul(cos).addcmul(swapped, sin);
    }
}
