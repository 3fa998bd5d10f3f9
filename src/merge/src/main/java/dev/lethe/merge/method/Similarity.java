package dev.lethe.merge.method;

import java.util.List;

/**
 * How two tensors relate: as they are, or as differences from a base where there is one.
 *
 * @param elements of each
 * @param norms Euclidean lengths of the first and of the second
 * @param cosine of the angle between them; 0 where one of them is zero
 * @param distance Euclidean length of their difference
 * @param signAgreement of the elements where neither is 0, the share where both have the same sign
 * @param overlap of the elements that a trim by magnitude keeps of the first, the share that it keeps of the second too
 */
public record Similarity(
        long elements, List<Double> norms, double cosine, double distance, double signAgreement, double overlap) {
    private static final int AGREE = 0;
    private static final int SIGNED = 1;
    private static final int BOTH_KEPT = 2;

    /**
     * @param group of two inputs
     * @param density share of elements that the trim keeps
     */
    public static Similarity of(TensorGroup group, double density, Scan scan) {
        Chunking chunking = group.chunking();
        GramMatrix gram = GramMatrix.of(group, scan, group.base() != null);
        long k = TopKMask.k(density, chunking.size(), true);
        List<TopKMask> masks =
                TopKSelection.largest(ElementScores.differences(group), chunking, scan, new long[] {k, k});
        long[] counts = new long[3];
        for (long[] part : scan.over(chunking.chunks(), chunk -> counts(group, masks, chunk))) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += part[i];
            }
        }
        double squared = gram.dots()[0][0] + gram.dots()[1][1] - 2 * gram.dots()[0][1];
        return new Similarity(
                chunking.size(),
                List.of(gram.norm(0), gram.norm(1)),
                share(gram.dots()[0][1], gram.norm(0) * gram.norm(1)),
                Math.sqrt(Math.max(0, squared)),
                share((double) counts[AGREE], (double) counts[SIGNED]),
                share((double) counts[BOTH_KEPT], (double) k));
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }

    private static long[] counts(TensorGroup group, List<TopKMask> masks, Chunk chunk) {
        long[] counts = new long[3];
        AlignedBlocks blocks = new AlignedBlocks(group, chunk, Chunking.BLOCK);
        List<Mask.Cursor> cursors =
                masks.stream().map(mask -> mask.begin(chunk)).toList();
        for (long first = chunk.first(); first < chunk.end(); first += Chunking.BLOCK) {
            int count = (int) Math.min(Chunking.BLOCK, chunk.end() - first);
            float[][] values = blocks.read(first, count);
            for (int j = 0; j < count; j++) {
                float product = Math.signum(values[0][j]) * Math.signum(values[1][j]);
                counts[AGREE] += product > 0 ? 1 : 0;
                counts[SIGNED] += product == 0 ? 0 : 1;
            }
            for (int i = 0; i < values.length; i++) {
                cursors.get(i).apply(first, values[i], count);
            }
            for (int j = 0; j < count; j++) {
                counts[BOTH_KEPT] += values[0][j] != 0 && values[1][j] != 0 ? 1 : 0;
            }
        }
        return counts;
    }
}
