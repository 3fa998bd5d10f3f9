package dev.lethe.unlearning.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** The functions that networks are made of, as in {@code torch.nn.functional}. */
public final class Functional {

    static {
        NativeRuntime.prepare();
    }

    private Functional() {}

    /** {@code x @ weight^T + bias}, of x [..., in] and weight [out, in]. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return new Tensor(torch.linear(x.handle(), weight.handle(), optional(bias)));
    }

    /**
     * The rows of {@code weight} [vocabulary, hidden] that {@code ids} names.
     *
     * @param padding the id whose row gets no gradient from here; -1 for none
     */
    public static Tensor embedding(Tensor weight, Tensor ids, long padding) {
        return new Tensor(torch.embedding(weight.handle(), ids.handle(), padding, false, false));
    }

    /** Layer normalisation over the last dimension, without a learned scale where {@code weight} is null. */
    public static Tensor layerNorm(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        long[] over = {x.size(-1)};
        return new Tensor(torch.layer_norm(x.handle(), over, optional(weight), optional(bias), eps, false));
    }

    /** {@code weight * x / sqrt(mean(x^2) + eps)} over the last dimension. */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
        long[] over = {x.size(-1)};
        return new Tensor(torch.rms_norm(x.handle(), over, optional(weight), new DoubleOptional(eps)));
    }

    public static Tensor silu(Tensor x) {
        return new Tensor(torch.silu(x.handle()));
    }

    public static Tensor sigmoid(Tensor x) {
        return new Tensor(torch.sigmoid(x.handle()));
    }

    /** {@code log(sigmoid(x))}, without overflow. */
    public static Tensor logSigmoid(Tensor x) {
        return new Tensor(torch.log_sigmoid(x.handle()));
    }

    public static Tensor softmax(Tensor x, long dim) {
        return new Tensor(torch.softmax(x.handle(), dim));
    }

    public static Tensor logSoftmax(Tensor x, long dim) {
        return new Tensor(torch.log_softmax(x.handle(), dim));
    }

    /**
     * {@code softmax(q k^T / sqrt(head) + mask) v}, fused.
     *
     * @param q queries [batch, heads, length, head]
     * @param k keys [batch, heads or key-value heads, keys, head]
     * @param v values, shaped as the keys
     * @param mask what to add to the scores, broadcast to [batch, heads, length, keys]; null for none
     * @param causal whether a query sees only the keys up to its own place; needs a null mask
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        boolean grouped = q.size(1) != k.size(1);
        return new Tensor(torch.scaled_dot_product_attention(
                q.handle(), k.handle(), v.handle(), optional(mask), 0.0, causal, new DoubleOptional(), grouped));
    }

    /**
     * Which of {@code count} elements a hash chooses: those whose hash of {@code (index ^ key) + offset}, the upper 31 bits of
     * MurmurHash3's finaliser, is below {@code threshold}. Indices begin at {@code first}; all arithmetic wraps at 32 bits.
     */
    public static Tensor hashedBelow(int threshold, int first, int count, int key, int offset, Device device) {
        TensorOptions options = Tensor.options(ScalarType.Int, device);
        org.bytedeco.pytorch.Tensor h = torch.arange(new Scalar(first), new Scalar(first + count), options)
                .bitwise_xor_(new Scalar(key))
                .add_(new Scalar(offset));
        h = h.bitwise_xor(shifted(h, 16)).mul_(new Scalar(0x85EBCA6B));
        h = h.bitwise_xor(shifted(h, 13)).mul_(new Scalar(0xC2B2AE35));
        h = shifted(h.bitwise_xor(shifted(h, 16)), 1);
        return new Tensor(h.lt(new Scalar(threshold)));
    }

    /** Without the sign, which libtorch's shift to the right spreads. */
    private static org.bytedeco.pytorch.Tensor shifted(org.bytedeco.pytorch.Tensor h, int bits) {
        return h.bitwise_right_shift(new Scalar(bits)).bitwise_and_(new Scalar(-1 >>> bits));
    }

    private static TensorOptional optional(@Nullable Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor.handle());
    }
}
