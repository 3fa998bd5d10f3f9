package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the k largest magnitudes of each row exactly, by a radix select: one histogram of the upper 16 bits of the
 * magnitudes' bits, one of the lower 15 bits in the bucket of the threshold, and, only where a tensor has several
 * chunks and not all equal magnitudes can stay, their count for each chunk. Integer counts commute, so the result does
 * not depend on the threads. Memory does not grow with the tensor.
 */
final class TopKSelection {
    private static final int LOW_BITS = 15;
    private static final int HIGH_SIZE = 1 << (Float.SIZE - LOW_BITS - 1);
    private static final int LOW_SIZE = 1 << LOW_BITS;

    private final ElementScores scores;
    private final List<Chunk> chunks;
    private final Scan scan;

    private TopKSelection(ElementScores scores, List<Chunk> chunks, Scan scan) {
        this.scores = scores;
        this.chunks = chunks;
        this.scan = scan;
    }

    /** The bucket of a histogram in which the k-th largest element lies. */
    private record Rank(int bucket, long above, long inBucket) {
        static Rank of(long[] histogram, long k) {
            long above = 0;
            int bucket = histogram.length - 1;
            while (above + histogram[bucket] < k) {
                above += histogram[bucket];
                bucket--;
            }
            return new Rank(bucket, above, histogram[bucket]);
        }
    }

    /** @param k for each row, how many elements stay */
    static List<TopKMask> largest(ElementScores scores, Chunking chunking, Scan scan, long[] k) {
        return SampledTopKSelection.largest(scores, chunking, scan, k)
                .orElseGet(() -> new TopKSelection(scores, chunking.chunks(), scan).masks(chunking.size(), k));
    }

    private List<TopKMask> masks(long size, long[] k) {
        Rank[] high = ranks(size, k, null);
        long[] rest = new long[k.length];
        for (int row = 0; row < k.length; row++) {
            rest[row] = high[row] == null ? 0 : k[row] - high[row].above();
        }
        Rank[] low = ranks(size, rest, high);
        int[] thresholds = new int[k.length];
        long[] stay = new long[k.length];
        boolean some = false;
        for (int row = 0; row < k.length; row++) {
            if (high[row] != null) {
                thresholds[row] = (high[row].bucket() << LOW_BITS) | low[row].bucket();
                stay[row] = rest[row] - low[row].above();
                some |= stay[row] < low[row].inBucket() && thresholds[row] > 0;
            }
        }
        List<long[]> counted = some && chunks.size() > 1 ? countTies(thresholds) : List.of();
        return IntStream.range(0, k.length)
                .mapToObj(row -> {
                    if (high[row] == null) {
                        return k[row] == 0 ? TopKMask.keepNone() : TopKMask.keepAll(size);
                    }
                    long[] here = counted.isEmpty()
                            ? new long[] {low[row].inBucket()}
                            : counted.stream().mapToLong(counts -> counts[row]).toArray();
                    return TopKMask.at(thresholds[row], stay[row], here, k[row]);
                })
                .toList();
    }

    /** Ranks in the rows with a threshold: of the upper bits, or of the lower ones within {@code within}. */
    private Rank[] ranks(long size, long[] k, Rank @Nullable [] within) {
        boolean[] wanted = new boolean[k.length];
        for (int row = 0; row < k.length; row++) {
            wanted[row] = within == null ? k[row] > 0 && k[row] < size : within[row] != null;
        }
        Rank[] ranks = new Rank[k.length];
        if (IntStream.range(0, k.length).noneMatch(row -> wanted[row])) {
            return ranks;
        }
        List<long[][]> total = new ArrayList<>(); // one element: the sum of the counts of all chunks
        scan.over(chunks, chunk -> {
            long[][] counts = new long[k.length][within == null ? HIGH_SIZE : LOW_SIZE];
            blocks(chunk, (rows, count) -> {
                for (int row = 0; row < rows.length; row++) {
                    if (wanted[row] && within == null) {
                        countHigh(rows[row], count, counts[row]);
                    } else if (wanted[row]) {
                        countLow(rows[row], count, counts[row], within[row].bucket());
                    }
                }
            });
            synchronized (total) {
                if (total.isEmpty()) {
                    total.add(counts);
                } else {
                    add(counts, total.getFirst());
                }
            }
            return chunk.index();
        });
        for (int row = 0; row < k.length; row++) {
            ranks[row] = wanted[row] ? Rank.of(total.getFirst()[row], k[row]) : null;
        }
        return ranks;
    }

    private static void countHigh(float[] block, int count, long[] histogram) {
        for (int i = 0; i < count; i++) {
            histogram[TopKMask.key(block[i]) >>> LOW_BITS]++;
        }
    }

    private static void countLow(float[] block, int count, long[] histogram, int bucket) {
        for (int i = 0; i < count; i++) {
            int key = TopKMask.key(block[i]);
            if (key >>> LOW_BITS == bucket) {
                histogram[key & (LOW_SIZE - 1)]++;
            }
        }
    }

    private static void add(long[][] counts, long[][] total) {
        for (int row = 0; row < counts.length; row++) {
            for (int bucket = 0; bucket < counts[row].length; bucket++) {
                total[row][bucket] += counts[row][bucket];
            }
        }
    }

    private List<long[]> countTies(int[] thresholds) {
        return scan.over(chunks, chunk -> {
            long[] counts = new long[thresholds.length];
            blocks(chunk, (rows, count) -> {
                for (int row = 0; row < rows.length; row++) {
                    counts[row] += TopKMask.countEqual(rows[row], count, thresholds[row]);
                }
            });
            return counts;
        });
    }

    private interface BlockVisit {
        void visit(float[][] rows, int count);
    }

    private void blocks(Chunk chunk, BlockVisit visit) {
        ElementScores.Reader reader = scores.open(chunk);
        for (long first = chunk.first(); first < chunk.end(); first += Chunking.BLOCK) {
            int count = (int) Math.min(Chunking.BLOCK, chunk.end() - first);
            visit.visit(reader.read(first, count), count);
        }
    }
}
