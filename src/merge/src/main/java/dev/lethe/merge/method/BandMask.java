package dev.lethe.merge.method;

/**
 * Keeps the elements that are among the largest but not among the very largest.
 *
 * @param outer the largest
 * @param inner the very largest, all of them among the largest
 */
record BandMask(TopKMask outer, TopKMask inner) implements Mask {
    @Override
    public Cursor begin(Chunk chunk) {
        return new Cursor() {
            private long outerLeft = outer.quotaOf(chunk);
            private long innerLeft = inner.quotaOf(chunk);

            @Override
            public void apply(long first, float[] block, int count) {
                for (int i = 0; i < count; i++) {
                    int key = TopKMask.key(block[i]);
                    boolean among = key > outer.threshold() || (key == outer.threshold() && outerLeft-- > 0);
                    boolean above = key > inner.threshold() || (key == inner.threshold() && innerLeft-- > 0);
                    if (!among || above) {
                        block[i] = 0;
                    }
                }
            }
        };
    }

    @Override
    public long kept() {
        return outer.kept() - inner.kept();
    }

    @Override
    public long ties() {
        return outer.ties() + inner.ties();
    }
}
