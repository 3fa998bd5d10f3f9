package dev.lethe.merge.method;

/** Numbers by whose magnitudes elements are ranked, in rows: such as the difference of each input from the base. */
interface ElementScores {
    /** How many rows. */
    int rows();

    /** A reader of one chunk, for one thread. */
    Reader open(Chunk chunk);

    /** Reads block after block. */
    interface Reader {
        /** The rows' numbers from element {@code first} on, in arrays that the next call reuses. */
        float[][] read(long first, int count);
    }

    /** The differences of the inputs from the base, or the inputs where there is none. */
    static ElementScores differences(TensorGroup group) {
        return new ElementScores() {
            @Override
            public int rows() {
                return group.inputs().size();
            }

            @Override
            public Reader open(Chunk chunk) {
                return new AlignedBlocks(group, chunk, (int) Math.min(Chunking.BLOCK, chunk.size()));
            }
        };
    }
}
