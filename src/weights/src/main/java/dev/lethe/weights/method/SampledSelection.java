package dev.lethe.weights.method;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the k largest magnitudes of each row exactly in one pass, where a sample tells about where they end: counts what
 * is above a range of magnitudes and collects what is in it. The range follows from shape and numbers alone, and where the
 * cut is not in it after all there is no result: {@link Selection} finds it without a sample.
 */
final class SampledSelection {
    /** Below, a sample costs as much as it saves. */
    private static final long LEAST_SIZE = 1 << 18;

    private static final int RUN = 256;
    private static final int FEW_RUNS = 64;
    private static final int MANY_RUNS = 256;

    /** Shares of all elements on each side of where the sample is cut: five standard errors. */
    private static final double WIDE = 0.02;

    private static final double NARROW = 0.01;

    /** Most elements in the ranges of all rows: what is collected is kept. */
    private static final double MOST = 1 << 24;

    private static final int DIGIT_BITS = 12;

    private final Derived derived;
    private final Pieces pieces;
    private final Sweep sweep;
    private final long[] k;

    private SampledSelection(Derived derived, Pieces pieces, Sweep sweep, long[] k) {
        this.derived = derived;
        this.pieces = pieces;
        this.sweep = sweep;
        this.k = k;
    }

    /** @param k for each row, how many elements stay; empty where a cut is not where the sample has it */
    static Optional<List<Cut>> largest(Derived derived, Pieces pieces, Sweep sweep, long[] k) {
        SampledSelection selection = new SampledSelection(derived, pieces, sweep, k);
        boolean worth = pieces.size() >= LEAST_SIZE
                && Arrays.stream(k).anyMatch(selection::cuts)
                && 2 * selection.margin() * pieces.size() * k.length <= MOST;
        return worth ? selection.cuts() : Optional.empty();
    }

    private boolean cuts(long kept) {
        return kept > 0 && kept < pieces.size();
    }

    private boolean many() {
        return pieces.all().size() > 1;
    }

    private double margin() {
        return many() ? NARROW : WIDE;
    }

    private Optional<List<Cut>> cuts() {
        Range[] ranges = ranges();
        List<Collected[]> parts = sweep.over(pieces.all(), piece -> collect(ranges, piece));
        List<Cut> cuts = new ArrayList<>();
        for (int row = 0; row < k.length; row++) {
            int at = row;
            List<Collected> ofRow = parts.stream().map(part -> part[at]).toList();
            Optional<Cut> cut = cuts(k[row])
                    ? cut(ranges[row], ofRow, k[row])
                    : Optional.of(k[row] <= 0 ? Cut.keepNone() : Cut.keepAll(pieces.size()));
            if (cut.isEmpty()) {
                return Optional.empty();
            }
            cuts.add(cut.get());
        }
        return Optional.of(cuts);
    }

    /** The keys from {@code low} to {@code high}, both counted. */
    private record Range(int low, int high) {}

    private static final Range ALL = new Range(0, Integer.MAX_VALUE);

    /** About where each row is cut, by runs of elements spread over the tensor. */
    private Range[] ranges() {
        int runs = many() ? MANY_RUNS : FEW_RUNS;
        int[][] keys = new int[k.length][runs * RUN];
        for (int run = 0; run < runs; run++) {
            long first = (pieces.size() - RUN) / (runs - 1) * run;
            float[][] rows = derived.open(new Piece(0, first, first + RUN)).read(first, RUN);
            for (int row = 0; row < k.length; row++) {
                for (int i = 0; i < RUN; i++) {
                    keys[row][run * RUN + i] = Cut.key(rows[row][i]);
                }
            }
        }
        Range[] ranges = new Range[k.length];
        for (int row = 0; row < k.length; row++) {
            double dropped = 1 - (double) k[row] / pieces.size();
            ranges[row] = new Range(
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
        return new Digits(ALL, sample.length - rank).narrowed(List.of(new Collected(0, sample))).low;
    }

    /**
     * What a piece has of a row.
     *
     * @param above how many keys are above the range
     * @param keys those in the range
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Collected(long above, int[] keys) {}

    private Collected[] collect(Range[] ranges, Piece piece) {
        long[] above = new long[k.length];
        int[] sizes = new int[k.length];
        int[][] keys = new int[k.length][(int) (2.5 * margin() * piece.size()) + Pieces.BLOCK];
        Derived.Reader reader = derived.open(piece);
        Block block = new Block();
        for (long first = piece.first(); first < piece.end(); first += Pieces.BLOCK) {
            int count = (int) Math.min(Pieces.BLOCK, piece.end() - first);
            float[][] rows = reader.read(first, count);
            for (int row = 0; row < k.length; row++) {
                if (cuts(k[row])) {
                    if (keys[row].length < sizes[row] + count) {
                        keys[row] = Arrays.copyOf(keys[row], 2 * keys[row].length);
                    }
                    above[row] += block.hold(rows[row], count, ranges[row]);
                    sizes[row] = block.collect(count, keys[row], sizes[row]);
                }
            }
        }
        Collected[] collected = new Collected[k.length];
        for (int row = 0; row < k.length; row++) {
            collected[row] = new Collected(above[row], Arrays.copyOf(keys[row], sizes[row]));
        }
        return collected;
    }

    /** A block against a range, without a branch: which elements are in it nothing foretells. For one thread. */
    private static final class Block {
        private static final int SIGN = Integer.SIZE - 1;

        private final int[] keys = new int[Pieces.BLOCK];
        private final int[] inside = new int[Pieces.BLOCK];

        /** Marks what is in the range; the number of keys above it. */
        int hold(float[] block, int count, Range range) {
            long bytes = (long) count * Float.BYTES;
            MemorySegment.copy(MemorySegment.ofArray(block), 0, MemorySegment.ofArray(keys), 0, bytes);
            return mark(keys, inside, count, range.low(), range.high());
        }

        /** Of whole ints, so that the compiler makes vector instructions of it; what is negative has its sign bit set. */
        private static int mark(int[] keys, int[] inside, int count, int low, int high) {
            int above = 0;
            for (int i = 0; i < count; i++) {
                int key = keys[i] & Integer.MAX_VALUE;
                int higher = (high - key) >>> SIGN;
                int lower = (key - low) >>> SIGN;
                keys[i] = key;
                inside[i] = 1 - higher - lower;
                above += higher;
            }
            return above;
        }

        /** Appends the keys that were marked; returns the new size. */
        int collect(int count, int[] target, int size) {
            int end = size;
            for (int i = 0; i < count; i++) {
                target[end] = keys[i];
                end += inside[i];
            }
            return end;
        }
    }

    private Optional<Cut> cut(Range range, List<Collected> parts, long kept) {
        long above = parts.stream().mapToLong(Collected::above).sum();
        long inside = parts.stream().mapToLong(part -> part.keys().length).sum();
        if (kept <= above || kept > above + inside) {
            return Optional.empty();
        }
        Digits digits = new Digits(range, kept - above).narrowed(parts);
        boolean some = digits.wanted < digits.held && digits.low > 0;
        return Optional.of(
                new Cut(digits.low, some ? digits.quotas(parts) : new long[0], kept, some ? digits.held : 0));
    }

    /** Narrows a range to the one key of which the last wanted elements are. */
    private static final class Digits {
        private int low;
        private int bits;
        private long wanted;
        private long held;

        Digits(Range range, long wanted) {
            this.low = range.low();
            this.bits = Integer.SIZE - Integer.numberOfLeadingZeros(range.high() - range.low());
            this.wanted = wanted;
        }

        Digits narrowed(List<Collected> parts) {
            do {
                next(parts);
            } while (bits > 0);
            return this;
        }

        private void next(List<Collected> parts) {
            int rest = Math.max(0, bits - DIGIT_BITS);
            long[] histogram = new long[1 << (bits - rest)];
            for (Collected part : parts) {
                for (int key : part.keys()) {
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
            held = histogram[digit];
            low += digit << rest;
            bits = rest;
        }

        long[] quotas(List<Collected> parts) {
            return parts.size() == 1
                    ? new long[] {wanted}
                    : Cut.quotas(parts.stream().mapToLong(this::count).toArray(), wanted);
        }

        private long count(Collected part) {
            long count = 0;
            for (int key : part.keys()) {
                count += key == low ? 1 : 0;
            }
            return count;
        }
    }
}
