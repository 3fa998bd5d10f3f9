package dev.lethe.merge.method;

import java.util.Arrays;
import java.util.List;

/**
 * Keeps the elements of largest magnitude: those above a threshold, and of those exactly at it a fixed number in each
 * chunk, the lowest index first.
 *
 * @param threshold key of the k-th largest magnitude, see {@link #key}
 * @param quota for each chunk, how many elements at the threshold stay; empty means all
 * @param kept elements that stay
 * @param ties elements at the threshold where only some stay, else 0
 */
@SuppressWarnings("ArrayRecordComponent")
record TopKMask(int threshold, long[] quota, long kept, long ties) implements Mask {
    private static final int FIRST_INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    /** One mask for each input of a group, its density in the options. */
    static List<TopKMask> ofDensity(TensorGroup group, Scan scan, boolean atLeastOne) {
        long[] k = Arrays.stream(group.options().numbers("density"))
                .mapToLong(density -> k(density, group.chunking().size(), atLeastOne))
                .toArray();
        return TopKSelection.largest(ElementScores.differences(group), group.chunking(), scan, k);
    }

    /** ⌊density · size⌋, truncated in double precision as the references do: 0.29 of 100 is 28. */
    static long k(double density, long size, boolean atLeastOne) {
        if (density >= 1) {
            return size;
        }
        long k = (long) (density * (double) size);
        return atLeastOne && density > 0 && size > 0 ? Math.max(1, k) : k;
    }

    static TopKMask keepAll(long size) {
        return new TopKMask(0, new long[0], size, 0);
    }

    static TopKMask keepNone() {
        return new TopKMask(Integer.MAX_VALUE, new long[0], 0, 0);
    }

    /**
     * Of the elements at a threshold only some stay, the lowest index first.
     *
     * @param stay how many
     * @param here how many there are in each chunk
     * @param kept elements that stay, those above included
     */
    static TopKMask at(int threshold, long stay, long[] here, long kept) {
        long all = Arrays.stream(here).sum();
        return stay < all && threshold > 0
                ? new TopKMask(threshold, quotas(here, stay), kept, all)
                : new TopKMask(threshold, new long[0], kept, 0);
    }

    /** The magnitude as an integer: a float's bits without the sign are ordered as its magnitude, NaN last. */
    static int key(float value) {
        return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
    }

    /** How many elements at the threshold stay in a chunk. */
    long quotaOf(Chunk chunk) {
        return quota.length == 0 ? Long.MAX_VALUE : quota[chunk.index()];
    }

    /**
     * Distributes the ties that stay over the chunks, the lowest index first.
     *
     * @param here how many there are in each chunk
     * @param left how many stay
     */
    private static long[] quotas(long[] here, long left) {
        long[] quotas = new long[here.length];
        long rest = left;
        for (int chunk = 0; chunk < here.length; chunk++) {
            quotas[chunk] = Math.min(rest, here[chunk]);
            rest -= quotas[chunk];
        }
        return quotas;
    }

    @Override
    public Cursor begin(Chunk chunk) {
        if (threshold == 0) {
            return (first, block, count) -> {}; // what is not kept here is 0 already
        }
        return new Cursor() {
            private long left = quotaOf(chunk);

            @Override
            public void apply(long first, float[] block, int count) {
                long ties = left == 0 || left == Long.MAX_VALUE ? 0 : countEqual(block, count, threshold);
                if (ties > left) {
                    dropTies(block, count, left);
                    ties = left;
                }
                keepFrom(left == 0 ? threshold + 1 : threshold, block, count);
                left -= left == Long.MAX_VALUE ? 0 : ties;
            }
        };
    }

    private void dropTies(float[] block, int count, long stay) {
        long stayed = 0;
        for (int i = 0; i < count; i++) {
            if (key(block[i]) == threshold && stayed++ >= stay) {
                block[i] = 0;
            }
        }
    }

    /*
     * The loops below are float arithmetic without branches, which the compiler vectorises; it does not vectorise loops
     * over the bits of floats. The difference of two floats is 0 only where they are equal.
     */

    /** Sets elements of a smaller key to 0. */
    private static void keepFrom(int key, float[] block, int count) {
        if (key > FIRST_INFINITE) {
            for (int i = 0; i < count; i++) {
                block[i] = key(block[i]) < key ? 0 : block[i];
            }
            return;
        }
        float last = Float.intBitsToFloat(key - 1);
        for (int i = 0; i < count; i++) {
            float stays = Math.signum(Math.max(Math.abs(block[i]) - last, 0));
            block[i] = block[i] * stays + 0f; // the zero makes a negative one positive
        }
    }

    static int countEqual(float[] block, int count, int key) {
        int equal = 0;
        if (key >= FIRST_INFINITE) {
            for (int i = 0; i < count; i++) {
                equal += key(block[i]) == key ? 1 : 0;
            }
            return equal;
        }
        float magnitude = Float.intBitsToFloat(key);
        for (int i = 0; i < count; i++) {
            equal += (int) (1 - Math.abs(Math.signum(Math.abs(block[i]) - magnitude)));
        }
        return equal;
    }
}
