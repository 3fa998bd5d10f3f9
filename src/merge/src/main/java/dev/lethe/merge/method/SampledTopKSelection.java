package dev.lethe.merge.method;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Finds the k largest magnitudes of each row exactly in one pass: a sample gives a range for the threshold, then
 * elements above the range are counted and elements in it are collected. The range depends on shape and numbers alone.
 * Where the threshold is not in it there is no result, and {@link TopKSelection} finds it without a sample.
 */
final class SampledTopKSelection {
    /** Below this size a sample costs as much as it saves. */
    private static final long LEAST_SIZE = 1 << 18;

    private static final int RUN = 256;
    private static final int FEW_RUNS = 64;
    private static final int MANY_RUNS = 256;

    /** Half the width of a range, as a share of all elements: five standard errors. */
    private static final double WIDE = 0.02;

    private static final double NARROW = 0.01;

    /** Most elements in the ranges of all rows: they are held in memory. */
    private static final double MOST = 1 << 24;

    private static final int DIGIT_BITS = 12;

    private final ElementScores scores;
    private final Chunking chunking;
    private final Scan scan;
    private final long[] k;

    private SampledTopKSelection(ElementScores scores, Chunking chunking, Scan scan, long[] k) {
        this.scores = scores;
        this.chunking = chunking;
        this.scan = scan;
        this.k = k;
    }

    /** @param k for each row, how many elements stay */
    static Optional<List<TopKMask>> largest(ElementScores scores, Chunking chunking, Scan scan, long[] k) {
        SampledTopKSelection selection = new SampledTopKSelection(scores, chunking, scan, k);
        boolean worth = chunking.size() >= LEAST_SIZE
                && Arrays.stream(k).anyMatch(selection::hasThreshold)
                && selection.expected(chunking.size()) * k.length <= MOST;
        return worth ? selection.masks() : Optional.empty();
    }

    private boolean hasThreshold(long kept) {
        return kept > 0 && kept < chunking.size();
    }

    private boolean many() {
        return chunking.chunks().size() > 1;
    }

    private double margin() {
        return many() ? NARROW : WIDE;
    }

    /** How many elements of a row are expected in its range. */
    private double expected(long elements) {
        return 2 * margin() * elements;
    }

    private Optional<List<TopKMask>> masks() {
        Range[] ranges = ranges();
        List<Collected[]> parts = scan.over(chunking.chunks(), chunk -> collect(ranges, chunk));
        List<TopKMask> masks = new ArrayList<>();
        for (int row = 0; row < k.length; row++) {
            int at = row;
            List<Collected> ofRow = parts.stream().map(part -> part[at]).toList();
            Optional<TopKMask> mask = hasThreshold(k[row])
                    ? mask(ranges[row], ofRow, k[row])
                    : Optional.of(k[row] <= 0 ? TopKMask.keepNone() : TopKMask.keepAll(chunking.size()));
            if (mask.isEmpty()) {
                return Optional.empty();
            }
            masks.add(mask.get());
        }
        return Optional.of(masks);
    }

    /** The keys from {@code low} to {@code high}, both included. */
    private record Range(int low, int high) {
        /** With two different ends, also where the sample has only one key. */
        static Range of(int low, int high) {
            return low < high ? new Range(low, high) : new Range(Math.max(0, high - 1), Math.max(1, high));
        }

        Range within() {
            return new Range(low + 1, high - 1);
        }
    }

    private static final Range ALL = new Range(0, Integer.MAX_VALUE);

    /** Estimates the threshold of each row from runs of elements spread over the tensor. */
    private Range[] ranges() {
        int runs = many() ? MANY_RUNS : FEW_RUNS;
        int[][] keys = new int[k.length][runs * RUN];
        for (int run = 0; run < runs; run++) {
            long first = (chunking.size() - RUN) / (runs - 1) * run;
            float[][] rows = scores.open(new Chunk(0, first, first + RUN)).read(first, RUN);
            for (int row = 0; row < k.length; row++) {
                for (int i = 0; i < RUN; i++) {
                    keys[row][run * RUN + i] = TopKMask.key(rows[row][i]);
                }
            }
        }
        Range[] ranges = new Range[k.length];
        for (int row = 0; row < k.length; row++) {
            double dropped = 1 - (double) k[row] / chunking.size();
            ranges[row] = Range.of(
                    key(keys[row], dropped - margin(), 0), key(keys[row], dropped + margin(), Integer.MAX_VALUE));
        }
        return ranges;
    }

    /** The key above a share of the sample. */
    private static int key(int[] sample, double share, int outside) {
        if (share < 0 || share >= 1) {
            return outside;
        }
        int rank = (int) (share * sample.length);
        return new Digits(ALL, sample.length - rank).narrowed(List.of(sample)).low;
    }

    /**
     * What a chunk has of a row. Keys at the ends of the range are only counted: differences of bfloat16 models have
     * few distinct values, so most elements of a range are at one of its ends.
     *
     * @param above how many keys are above the range
     * @param high how many are its upper end
     * @param within those between its ends
     * @param low how many are its lower end
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Collected(long above, long high, int[] within, long low) {}

    private Collected[] collect(Range[] ranges, Chunk chunk) {
        Tally[] tallies = new Tally[k.length];
        int room = (int) (1.25 * expected(chunk.size())) + 2 * Chunking.BLOCK;
        Arrays.setAll(tallies, row -> new Tally(ranges[row], room));
        ElementScores.Reader reader = scores.open(chunk);
        for (long first = chunk.first(); first < chunk.end(); first += Chunking.BLOCK) {
            int count = (int) Math.min(Chunking.BLOCK, chunk.end() - first);
            float[][] rows = reader.read(first, count);
            for (int row = 0; row < k.length; row++) {
                if (hasThreshold(k[row])) {
                    tallies[row].add(rows[row], count);
                }
            }
        }
        return Arrays.stream(tallies).map(Tally::collected).toArray(Collected[]::new);
    }

    /** Counts and collects block after block of a row. For one thread. */
    private static final class Tally {
        private static final int SIGN = Integer.SIZE - 1;
        private static final int GROUP = 8;

        private final Range range;
        private final int[] keys = new int[Chunking.BLOCK];
        private final int[] inside = new int[Chunking.BLOCK];
        private int[] within;
        private int size;
        private long above;
        private long reaching;
        private long below;
        private long all;

        Tally(Range range, int room) {
            this.range = range;
            this.within = new int[room];
        }

        void add(float[] block, int count) {
            long bytes = (long) count * Float.BYTES;
            MemorySegment.copy(MemorySegment.ofArray(block), 0, MemorySegment.ofArray(keys), 0, bytes);
            if (within.length < size + count + GROUP) {
                within = Arrays.copyOf(within, 2 * within.length);
            }
            mark(count, range.low(), range.high());
            Arrays.fill(inside, count, Math.ceilDiv(count, GROUP) * GROUP, 0);
            size = collect(keys, inside, count, within, size);
            all += count;
        }

        /** Comparisons by the sign bit of a difference of ints: without a branch, the compiler vectorises the loop. */
        private void mark(int count, int low, int high) {
            int higher = 0;
            int fromHigh = 0;
            int lower = 0;
            for (int i = 0; i < count; i++) {
                int key = keys[i] & Integer.MAX_VALUE;
                int reaches = (high - 1 - key) >>> SIGN;
                int remains = (key - low - 1) >>> SIGN;
                higher += (high - key) >>> SIGN;
                lower += (key - low) >>> SIGN;
                fromHigh += reaches;
                keys[i] = key;
                inside[i] = 1 - reaches - remains;
            }
            above += higher;
            reaching += fromHigh;
            below += lower;
        }

        /** Appends the keys that were marked; most groups have none. Returns the new size. */
        private static int collect(int[] keys, int[] inside, int count, int[] target, int size) {
            int end = size;
            for (int g = 0; g < count; g += GROUP) {
                int some = inside[g] | inside[g + 1] | inside[g + 2] | inside[g + 3];
                int others = inside[g + 4] | inside[g + 5] | inside[g + 6] | inside[g + 7];
                if ((some | others) != 0) {
                    for (int i = g; i < g + GROUP; i++) {
                        target[end] = keys[i];
                        end += inside[i];
                    }
                }
            }
            return end;
        }

        Collected collected() {
            return new Collected(above, reaching - above, Arrays.copyOf(within, size), all - reaching - size - below);
        }
    }

    private static Optional<TopKMask> mask(Range range, List<Collected> parts, long kept) {
        long wanted = kept - sum(parts, Collected::above);
        long high = sum(parts, Collected::high);
        long within = sum(parts, part -> part.within().length);
        long low = sum(parts, Collected::low);
        if (wanted <= 0 || wanted > high + within + low) {
            return Optional.empty();
        }
        if (wanted <= high) {
            return Optional.of(TopKMask.at(range.high(), wanted, counts(parts, Collected::high), kept));
        }
        if (wanted > high + within) {
            return Optional.of(TopKMask.at(range.low(), wanted - high - within, counts(parts, Collected::low), kept));
        }
        Digits digits = new Digits(range.within(), wanted - high)
                .narrowed(parts.stream().map(Collected::within).toList());
        return Optional.of(
                TopKMask.at(digits.low, digits.wanted, counts(parts, part -> digits.count(part.within())), kept));
    }

    private static long sum(List<Collected> parts, ToLongFunction<Collected> part) {
        return parts.stream().mapToLong(part).sum();
    }

    private static long[] counts(List<Collected> parts, ToLongFunction<Collected> part) {
        return parts.stream().mapToLong(part).toArray();
    }

    /** Narrows a range, digit by digit, to the key of the last wanted element. */
    private static final class Digits {
        private int low;
        private int bits;
        private long wanted;

        Digits(Range range, long wanted) {
            this.low = range.low();
            this.bits = Integer.SIZE - Integer.numberOfLeadingZeros(range.high() - range.low());
            this.wanted = wanted;
        }

        Digits narrowed(List<int[]> parts) {
            do {
                next(parts);
            } while (bits > 0);
            return this;
        }

        private void next(List<int[]> parts) {
            int rest = Math.max(0, bits - DIGIT_BITS);
            long[] histogram = new long[1 << (bits - rest)];
            for (int[] part : parts) {
                for (int key : part) {
                    int digit = (key - low) >>> rest;
                    if (key >= low && digit < histogram.length) {
                        histogram[digit]++;
                    }
                }
            }
            int digit = histogram.length - 1;
            while (histogram[digit] < wanted) {
                wanted -= histogram[digit--];
            }
            low += digit << rest;
            bits = rest;
        }

        /** How many keys equal the one that was found. */
        long count(int[] keys) {
            long count = 0;
            for (int key : keys) {
                count += key == low ? 1 : 0;
            }
            return count;
        }
    }
}
