package dev.lethe.weights.merge;

import static dev.lethe.weights.merge.TensorMerge.BLOCK;

import java.util.function.LongConsumer;

/**
 * Keeps exactly the k elements of the largest magnitude, k = ⌊density · n⌋ in double precision as the references have
 * it; among equal magnitudes at the cut those with the lowest index. No sorting: one histogram of the upper 16 bits of
 * the magnitudes, one of the lower 15 bits of the bucket that holds the cut, and a count of ties for each block. Integer
 * counts commute, so the result is the same however the blocks are visited.
 *
 * @param density share of elements to keep, in (0, 1]
 */
public record MagnitudePruning(double density) implements Pruning {
    private static final int LOW_BITS = 15;
    private static final int LOW_MASK = (1 << LOW_BITS) - 1;

    @Override
    public Cut cut(WeightedTensor tensor) {
        long size = tensor.size();
        long k = (long) (density * (double) size);
        if (k >= size) {
            return Cut.keepAll(size);
        }
        if (k == 0) {
            return Cut.keepNone();
        }
        Rank high = rank(tensor, k, -1);
        Rank low = rank(tensor, k - high.above(), high.bucket());
        int threshold = (high.bucket() << LOW_BITS) | low.bucket();
        long needed = k - high.above() - low.above();
        boolean allTiesFit = needed == low.inBucket();
        // Zeros are the same kept or dropped: a cut among them has no ties worth a report or a quota.
        if (allTiesFit || threshold == 0) {
            return new Cut(threshold, new long[0], k, 0);
        }
        return new Cut(threshold, quota(tensor, threshold, needed), k, low.inBucket());
    }

    /** The bucket of a histogram in which the k-th largest element lies. */
    private record Rank(int bucket, long above, long inBucket) {}

    /** The histogram is of the upper bits, or where {@code within} is not -1 of the lower bits of that bucket. */
    private static Rank rank(WeightedTensor tensor, long k, int within) {
        long[] histogram = new long[1 << (Float.SIZE - LOW_BITS - 1)];
        float[] block = new float[BLOCK];
        forEachBlock(tensor, first -> {
            int count = read(tensor, first, block);
            for (int i = 0; i < count; i++) {
                int key = Cut.key(block[i]);
                if (within < 0) {
                    histogram[key >>> LOW_BITS]++;
                } else if (key >>> LOW_BITS == within) {
                    histogram[key & LOW_MASK]++;
                }
            }
        });
        long above = 0;
        int bucket = histogram.length - 1;
        while (above + histogram[bucket] < k) {
            above += histogram[bucket];
            bucket--;
        }
        return new Rank(bucket, above, histogram[bucket]);
    }

    /** Gives the ties that may stay to the blocks in order: lowest index first. */
    private static long[] quota(WeightedTensor tensor, int threshold, long needed) {
        long[] quota = new long[Math.toIntExact((tensor.size() + BLOCK - 1) / BLOCK)];
        float[] block = new float[BLOCK];
        forEachBlock(tensor, first -> {
            int count = read(tensor, first, block);
            for (int i = 0; i < count; i++) {
                quota[(int) (first / BLOCK)] += Cut.key(block[i]) == threshold ? 1 : 0;
            }
        });
        long left = needed;
        for (int i = 0; i < quota.length; i++) {
            quota[i] = Math.min(quota[i], left);
            left -= quota[i];
        }
        return quota;
    }

    private static void forEachBlock(WeightedTensor tensor, LongConsumer visit) {
        for (long first = 0; first < tensor.size(); first += BLOCK) {
            visit.accept(first);
        }
    }

    private static int read(WeightedTensor tensor, long first, float[] block) {
        int count = (int) Math.min(BLOCK, tensor.size() - first);
        tensor.read(first, block, count);
        return count;
    }
}
