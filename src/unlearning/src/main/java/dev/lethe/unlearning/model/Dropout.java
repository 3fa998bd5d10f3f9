package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;

/**
 * Dropout of the adapters' inputs. Whether an element is dropped is a pure function of the seed, the layer, the place in
 * the layer and the element's index, so that a layer that is run again, or a training that goes on from a checkpoint,
 * meets the same masks, on any device. Adapters that read the same input (as those of queries, keys and values do) share
 * its mask.
 *
 * @param probability that an element is dropped, in [0, 1)
 * @param seed of all masks of one pass through the model
 * @param firstToken how many tokens of the pass come before those that are computed, where it is computed in parts
 */
public record Dropout(double probability, long seed, int firstToken) {

    /** Nothing is dropped: evaluation. */
    public static final Dropout NONE = new Dropout(0, 0, 0);

    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout: found " + probability + ", expected [0, 1)");
        }
    }

    /** The dropout of pass number {@code pass} of a training, from a seed that all passes share. */
    public static Dropout ofPass(double probability, long seed, long pass) {
        return new Dropout(probability, mixed(seed * 0x9E3779B97F4A7C15L + pass), 0);
    }

    /** That of the tokens of the same pass from number {@code token} on. */
    Dropout from(int token) {
        return new Dropout(probability, seed, firstToken + token);
    }

    /** The factor of the kept elements, which keeps the expectation. */
    double scale() {
        return 1 / (1 - probability);
    }

    /**
     * {@code x} with the dropped elements zero. The kept ones are <em>not</em> scaled; see {@link #scale}.
     *
     * @param x [tokens, in]
     * @param place a number for the place in the layer
     */
    Tensor apply(Tensor x, int layer, int place) {
        return probability == 0
                ? x
                : x.maskedFill(x.device() == Device.CPU ? mask(x, layer, place) : maskOnDevice(x, layer, place), 0);
    }

    /** By a loop of its own, which is many times faster than libtorch's operations on a CPU. */
    Tensor mask(Tensor x, int layer, int place) {
        long key = key(layer, place);
        byte[] dropped = new byte[Math.toIntExact(x.count())];
        fill(dropped, first(x), (int) key, (int) (key >>> 32), threshold());
        return Tensor.of(dropped, x.shape());
    }

    /** The same where the tensor is: nothing has to be moved. */
    Tensor maskOnDevice(Tensor x, int layer, int place) {
        long key = key(layer, place);
        return Functional.hashedBelow(
                        threshold(), first(x), Math.toIntExact(x.count()), (int) key, (int) (key >>> 32), x.device())
                .view(x.shape());
    }

    private long key(int layer, int place) {
        return mixed(seed ^ mixed(layer * 64L + place + 1));
    }

    private int first(Tensor x) {
        return Math.toIntExact(firstToken * x.size(-1));
    }

    private int threshold() {
        return (int) Math.round(probability * 0x1p31);
    }

    /** One 32-bit hash (the finaliser of MurmurHash3) an element: a loop without carried state runs in vectors. */
    private static void fill(byte[] dropped, int first, int key, int offset, int threshold) {
        for (int i = 0; i < dropped.length; i++) {
            int h = ((first + i) ^ key) + offset;
            h = (h ^ (h >>> 16)) * 0x85EBCA6B;
            h = (h ^ (h >>> 13)) * 0xC2B2AE35;
            h = (h ^ (h >>> 16)) >>> 1;
            dropped[i] = (byte) ((h - threshold) >>> 31); // 1 where h < threshold
        }
    }

    /** The finaliser of SplitMix64. */
    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
