package dev.lethe.weights.merge;

import static dev.lethe.weights.merge.TensorMerge.BLOCK;

/**
 * Where a tensor is cut: elements above a magnitude stay, elements of exactly that magnitude stay in a number fixed for
 * each block, the rest becomes 0. Immutable, so blocks may be cut in any order.
 */
final class Cut {
    private static final int BELOW_ALL = -1;

    private final int threshold;
    private final long[] quota;
    private final long kept;
    private final long ties;

    /**
     * @param threshold key of the magnitude at the cut, see {@link #key}
     * @param quota for each block, how many elements of the threshold's magnitude stay, lowest index first; empty means
     *     all of them
     * @param kept elements that stay
     * @param ties elements at the threshold where only some stay, else 0
     */
    Cut(int threshold, long[] quota, long kept, long ties) {
        this.threshold = threshold;
        this.quota = quota;
        this.kept = kept;
        this.ties = ties;
    }

    static Cut keepAll(long size) {
        return new Cut(BELOW_ALL, new long[0], size, 0);
    }

    static Cut keepNone() {
        return new Cut(Integer.MAX_VALUE, new long[0], 0, 0);
    }

    /** The magnitude as an integer: a float's bits without the sign are ordered as its magnitude, NaN last. */
    static int key(float value) {
        return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
    }

    long kept() {
        return kept;
    }

    long ties() {
        return ties;
    }

    /** Cuts the block that begins at element {@code first} in place. */
    void apply(long first, float[] block, int count) {
        if (threshold == BELOW_ALL) {
            return;
        }
        long left = quota.length == 0 ? Long.MAX_VALUE : quota[Math.toIntExact(first / BLOCK)];
        for (int i = 0; i < count; i++) {
            int key = key(block[i]);
            boolean tied = key == threshold;
            if (key < threshold || (tied && left == 0)) {
                block[i] = 0;
            } else if (tied) {
                left--;
            }
        }
    }
}
