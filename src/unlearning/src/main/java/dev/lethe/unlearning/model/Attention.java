package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which keys each query of a batch sees, and the attention over them.
 *
 * @param bias what is added to the scores, [rows, 1, length, keys]; null where nothing has to be hidden, or only what
 *     causality hides
 * @param padding 1 for queries of padding whose states count and 0 for others, [rows, 1, length, 1]; null where none
 *     count
 * @param causal whether a query sees only the keys up to its own place, where there is no bias
 * @param fused whether libtorch's fused kernel computes it
 */
record Attention(@Nullable Tensor bias, @Nullable Tensor padding, boolean causal, boolean fused) {

    /**
     * The lowest bf16 number, which f32 has too: any score added to it vanishes. A query of a padding token, from which
     * every key is hidden, thus sees all keys alike; with minus infinity it would be not a number.
     */
    private static final float HIDDEN = Float.intBitsToFloat(0xFF7F0000);

    /** Whether the fused kernel is fast: on a CPU it is several times slower for bf16. */
    private static boolean fused(Dtype dtype, Device device) {
        return dtype == Dtype.F32 || device != Device.CPU;
    }

    /**
     * For {@code length} new tokens after {@code past} ones.
     *
     * @param padding tokens of padding at the left of each row
     * @param padded whether there are any
     */
    static Attention of(int[] padding, boolean padded, int past, int length, Dtype dtype, Device device) {
        if (!padded && (past == 0 || length == 1)) {
            return new Attention(null, null, length > 1, fused(dtype, device));
        }
        int keys = past + length;
        Tensor bias = Tensor.on(device, hidden(padding, past, length), padding.length, 1, length, keys);
        return new Attention(bias.to(dtype), null, false, fused(dtype, device));
    }

    /**
     * For a batch whose padding counts: queries of padding see all keys alike, and the first key as often as columns
     * are folded into it. The eager attention of transformers does the same: its bias makes the scores vanish, but
     * gradients still flow into them, and so they do here (see {@link #levelled}).
     *
     * @param folded how many columns the first one stands for
     */
    static Attention withPaddingStates(int[] padding, int folded, int length, Dtype dtype, Device device) {
        float[] bias = hidden(padding, 0, length);
        float[] isPadding = new float[padding.length * length];
        for (int row = 0; row < padding.length; row++) {
            for (int query = 0; query < padding[row]; query++) {
                int at = row * length + query;
                isPadding[at] = 1;
                Arrays.fill(bias, at * length, (at + 1) * length, 0);
                bias[at * length] = (float) Math.log(folded);
            }
        }
        return new Attention(
                Tensor.on(device, bias, padding.length, 1, length, length).to(dtype),
                Tensor.on(device, isPadding, padding.length, 1, length, 1).to(dtype),
                false,
                false);
    }

    /** 0 where a query sees a key and {@link #HIDDEN} where not, [rows, length, past + length]. */
    private static float[] hidden(int[] padding, int past, int length) {
        int keys = past + length;
        float[] bias = new float[padding.length * length * keys];
        for (int row = 0; row < padding.length; row++) {
            for (int query = 0; query < length; query++) {
                int first = (row * length + query) * keys;
                Arrays.fill(bias, first, first + keys, HIDDEN);
                if (past + query >= padding[row]) {
                    Arrays.fill(bias, first + padding[row], first + past + query + 1, 0);
                }
            }
        }
        return bias;
    }

    /**
     * Softmax-weighted values.
     *
     * @param q [rows, heads, length, head]
     * @param k [rows, kv heads, keys, head]
     * @param v as {@code k}
     * @return [rows, heads, length, head]
     */
    Tensor apply(Tensor q, Tensor k, Tensor v) {
        if (!fused) {
            return multiplied(q, k, v);
        }
        if (q.size(2) == 1 && q.size(1) != k.size(1)) {
            // Queries that share a key-value head are passed as several positions, so that no key has to be copied.
            Tensor grouped = q.reshape(q.size(0), k.size(1), q.size(1) / k.size(1), q.size(3));
            return Functional.attention(grouped, k, v, bias, false).reshape(q.shape());
        }
        if (q.size(1) != k.size(1) && q.device() != Device.CPU && (bias != null || q.dtype() == Dtype.F32)) {
            // Of a GPU's kernels only one takes groups, in half precision and without a bias. Without any of them all
            // scores would exist at once.
            long group = q.size(1) / k.size(1);
            return Functional.attention(q, repeated(k, group), repeated(v, group), bias, causal);
        }
        return Functional.attention(q, k, v, bias, causal);
    }

    /** Keys or values [rows, kv heads, keys, head] once for each query head of their group. */
    static Tensor repeated(Tensor x, long group) {
        return x.unsqueeze(2)
                .expand(x.size(0), x.size(1), group, x.size(2), x.size(3))
                .reshape(x.size(0), x.size(1) * group, x.size(2), x.size(3));
    }

    private Tensor multiplied(Tensor q, Tensor k, Tensor v) {
        long rows = q.size(0);
        long kvHeads = k.size(1);
        long group = q.size(1) / kvHeads;
        long length = q.size(2);
        long keys = k.size(2);
        Tensor queries = q.mul(1 / Math.sqrt((double) q.size(3))).reshape(rows, kvHeads, group * length, q.size(3));
        Tensor scores = levelled(queries.matmul(k.transpose(2, 3)).view(rows, kvHeads * group, length, keys));
        Tensor hidden = causal ? of(new int[1], true, 0, (int) length, q.dtype(), q.device()).bias : bias;
        Tensor weights = Functional.softmax(hidden == null ? scores : scores.add(hidden), -1);
        return weights.view(rows, kvHeads, group * length, keys).matmul(v).view(q.shape());
    }

    /** The scores, 0 for queries of padding that counts; their gradients stay. */
    private Tensor levelled(Tensor scores) {
        return padding == null ? scores : scores.sub(scores.detach().mul(padding));
    }
}
