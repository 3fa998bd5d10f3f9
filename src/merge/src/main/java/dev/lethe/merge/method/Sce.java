package dev.lethe.merge.method;

import dev.lethe.merge.method.Signature.Base;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * {@code sce}: keep the elements where the differences vary most among the inputs (of those that vary at all the share
 * {@code select_topk}), weigh each input by its mean squared difference, and average what agrees with the sign of the
 * unweighted sum: θ₀ + Σ wᵢmᵢδᵢ / max(Σ wᵢmᵢ, 1e-6).
 *
 * <p>Source: Wan et al. 2024, FuseChat, arXiv 2408.07990, in mergekit's form.
 */
record Sce() implements Method {
    private static final double TINY = 1e-6;
    private static final float LEAST = 1e-6f;

    @Override
    public Signature signature() {
        return Signature.of("sce", Base.REQUIRED, Option.number("select_topk", 1.0, 0, 1))
                .passes(6);
    }

    @Override
    public Prepared prepare(Group group, Sweep sweep) {
        Cut cut = varying(group, sweep);
        List<Piece> pieces = group.pieces().all();
        double[] squares = new double[group.inputs().size()];
        sweep.over(pieces, piece -> squares(group, cut, piece)).forEach(part -> {
            for (int i = 0; i < squares.length; i++) {
                squares[i] += part[i];
            }
        });
        double size = Math.max(1, group.pieces().size());
        double total = Arrays.stream(squares).sum() / size;
        float[] weights = new float[squares.length];
        for (int i = 0; i < squares.length; i++) {
            weights[i] = (float) (Math.abs(total) < TINY ? 1.0 / squares.length : squares[i] / size / total);
        }
        return new Selected(group, cut, weights);
    }

    private static Cut varying(Group group, Sweep sweep) {
        double share = group.options().number("select_topk");
        Pieces pieces = group.pieces();
        if (share >= 1) {
            return Cut.keepAll(pieces.size());
        }
        Variance variance = new Variance(group);
        long varying = sweep.over(pieces.all(), variance::nonZero).stream()
                .mapToLong(Long::longValue)
                .sum();
        return Selection.largest(variance, pieces, sweep, new long[] {(long) (varying * share)})
                .getFirst();
    }

    private static double[] squares(Group group, Cut cut, Piece piece) {
        double[] squares = new double[group.inputs().size()];
        new Selected(group, cut, new float[0]).visit(piece, (first, base, deltas, count) -> {
            for (int i = 0; i < squares.length; i++) {
                squares[i] += Gram.dot(deltas[i], deltas[i], 0, count);
            }
        });
        return squares;
    }

    /** The population variance of the differences at each element. */
    private record Variance(Group group) implements Derived {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public Reader open(Piece piece) {
            AlignedBlocks blocks = new AlignedBlocks(group, piece, Pieces.BLOCK);
            float[][] row = new float[1][Pieces.BLOCK];
            return (first, count) -> {
                of(blocks.read(first, count), count, row[0]);
                return row;
            };
        }

        long nonZero(Piece piece) {
            Reader reader = open(piece);
            long nonZero = 0;
            for (long first = piece.first(); first < piece.end(); first += Pieces.BLOCK) {
                int count = (int) Math.min(Pieces.BLOCK, piece.end() - first);
                float[] variance = reader.read(first, count)[0];
                for (int j = 0; j < count; j++) {
                    nonZero += variance[j] == 0 ? 0 : 1;
                }
            }
            return nonZero;
        }

        static void of(float[][] deltas, int count, float[] variance) {
            for (int j = 0; j < count; j++) {
                double mean = 0;
                for (float[] delta : deltas) {
                    mean += delta[j];
                }
                mean /= deltas.length;
                double sum = 0;
                for (float[] delta : deltas) {
                    sum += (delta[j] - mean) * (delta[j] - mean);
                }
                variance[j] = (float) (sum / deltas.length);
            }
        }
    }

    private interface Visit {
        void visit(long first, float[] base, float[][] deltas, int count);
    }

    /** The differences at the elements that stay. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Selected(Group group, Cut cut, float[] weights) implements Prepared {
        void visit(Piece piece, Visit visit) {
            AlignedBlocks blocks = new AlignedBlocks(group, piece, Pieces.BLOCK);
            float[] variance = new float[Pieces.BLOCK];
            Trim.Cursor cursor = cut.begin(piece);
            boolean all = cut.kept() == group.pieces().size();
            for (long first = piece.first(); first < piece.end(); first += Pieces.BLOCK) {
                int count = (int) Math.min(Pieces.BLOCK, piece.end() - first);
                float[][] deltas = blocks.read(first, count);
                if (!all) {
                    Variance.of(deltas, count, variance);
                    cursor.apply(first, variance, count);
                    erase(deltas, variance, count);
                }
                visit.visit(first, Objects.requireNonNull(blocks.base()), deltas, count);
            }
        }

        private static void erase(float[][] deltas, float[] variance, int count) {
            for (float[] delta : deltas) {
                for (int j = 0; j < count; j++) {
                    delta[j] = variance[j] == 0 ? 0 : delta[j];
                }
            }
        }

        @Override
        public long merge(Piece piece, Sink sink) {
            float[] merged = new float[Pieces.BLOCK];
            long[] cancellations = {0};
            visit(piece, (first, base, deltas, count) -> {
                for (int j = 0; j < count; j++) {
                    cancellations[0] += mergeOne(base, deltas, j, merged);
                }
                sink.accept(merged, count);
            });
            return cancellations[0];
        }

        private int mergeOne(float[] base, float[][] deltas, int j, float[] merged) {
            float vote = 0;
            boolean voted = false;
            for (float[] delta : deltas) {
                vote += delta[j];
                voted |= delta[j] != 0;
            }
            float sum = 0;
            float divisor = 0;
            for (int i = 0; i < deltas.length; i++) {
                boolean agrees = vote >= 0 ? deltas[i][j] > 0 : deltas[i][j] < 0;
                sum += agrees ? weights[i] * deltas[i][j] : 0;
                divisor += agrees ? weights[i] : 0;
            }
            merged[j] = base[j] + sum / Math.max(divisor, LEAST);
            return voted && vote == 0 ? 1 : 0;
        }

        @Override
        public List<Long> kept() {
            return group.inputs().stream().map(input -> cut.kept()).toList();
        }

        @Override
        public List<Long> ties() {
            return group.inputs().stream().map(input -> cut.ties()).toList();
        }
    }
}
