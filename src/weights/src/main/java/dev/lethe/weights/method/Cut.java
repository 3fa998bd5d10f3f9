package dev.lethe.weights.method;

/**
 * The elements of largest magnitude: those above a threshold, and of those of exactly that magnitude a number that is
 * fixed for each piece, the lowest index first.
 *
 * @param threshold key of the magnitude at the cut, see {@link #key}
 * @param quota for each piece, how many elements at the threshold stay; empty means all
 * @param kept elements that stay
 * @param ties elements at the threshold where only some stay, else 0
 */
@SuppressWarnings("ArrayRecordComponent")
record Cut(int threshold, long[] quota, long kept, long ties) implements Trim {
    static Cut keepAll(long size) {
        return new Cut(0, new long[0], size, 0);
    }

    static Cut keepNone() {
        return new Cut(Integer.MAX_VALUE, new long[0], 0, 0);
    }

    /** The magnitude as an integer: a float's bits without the sign are ordered as its magnitude, NaN last. */
    static int key(float value) {
        return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
    }

    /** How many elements at the threshold stay in a piece. */
    long quotaOf(Piece piece) {
        return quota.length == 0 ? Long.MAX_VALUE : quota[piece.index()];
    }

    @Override
    public Cursor begin(Piece piece) {
        if (threshold == 0) {
            return (first, block, count) -> {}; // what is not kept here is 0 already
        }
        return new Cursor() {
            private long left = quotaOf(piece);

            @Override
            public void apply(long first, float[] block, int count) {
                dropBelow(block, count);
                if (left < Long.MAX_VALUE) {
                    left -= dropTies(block, count);
                }
            }

            /** Only integers and no branch: the compiler turns it into vector instructions. */
            private void dropBelow(float[] block, int count) {
                int last = threshold - 1;
                for (int i = 0; i < count; i++) {
                    int bits = Float.floatToRawIntBits(block[i]);
                    int keep = (last - (bits & Integer.MAX_VALUE)) >> (Integer.SIZE - 1);
                    block[i] = Float.intBitsToFloat(bits & keep);
                }
            }

            private long dropTies(float[] block, int count) {
                long stayed = 0;
                for (int i = 0; i < count; i++) {
                    if (key(block[i]) == threshold) {
                        if (stayed == left) {
                            block[i] = 0;
                        } else {
                            stayed++;
                        }
                    }
                }
                return stayed;
            }
        };
    }
}
