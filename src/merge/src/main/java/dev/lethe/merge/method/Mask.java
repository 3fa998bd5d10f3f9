package dev.lethe.merge.method;

/** Decides which elements of one input stay; the others become 0. */
interface Mask {
    /** For one chunk; blocks come in order. */
    Cursor begin(Chunk chunk);

    /** Elements that stay. */
    long kept();

    /** Elements exactly at the threshold, where only some of them stay; else 0. */
    long ties();

    /** Masks block after block in place. */
    interface Cursor {
        void apply(long first, float[] block, int count);
    }

    /** Everything stays. */
    static Mask none(long size) {
        return new Mask() {
            @Override
            public Cursor begin(Chunk chunk) {
                return (first, block, count) -> {};
            }

            @Override
            public long kept() {
                return size;
            }

            @Override
            public long ties() {
                return 0;
            }
        };
    }
}
