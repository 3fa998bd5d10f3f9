package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
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
record Sce() implements MergeMethod {
    private static final double TINY = 1e-6;
    private static final float LEAST = 1e-6f;

    @Override
    public Signature signature() {
        return Signature.of("sce", Semantics.LETHE).passes(6);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        TopKMask mask = varying(group, scan);
        List<Chunk> chunks = group.chunking().chunks();
        double[] squares = new double[group.inputs().size()];
        scan.over(chunks, chunk -> squares(group, mask, chunk)).forEach(part -> {
            for (int i = 0; i < squares.length; i++) {
                squares[i] += part[i];
            }
        });
        double size = Math.max(1, group.chunking().size());
        double total = Arrays.stream(squares).sum() / size;
        float[] weights = new float[squares.length];
        for (int i = 0; i < squares.length; i++) {
            weights[i] = (float) (Math.abs(total) < TINY ? 1.0 / squares.length : squares[i] / size / total);
        }
        return new Selected(group, mask, weights);
    }

    private static TopKMask varying(TensorGroup group, Scan scan) {
        double share = group.options().number("select_topk");
        Chunking chunking = group.chunking();
        if (share >= 1) {
            return TopKMask.keepAll(chunking.size());
        }
        Variance variance = new Variance(group);
        long varying = scan.over(chunking.chunks(), variance::nonZero).stream()
                .mapToLong(Long::longValue)
                .sum();
        return TopKSelection.largest(variance, chunking, scan, new long[] {(long) (varying * share)})
                .getFirst();
    }

    private static double[] squares(TensorGroup group, TopKMask mask, Chunk chunk) {
        double[] squares = new double[group.inputs().size()];
        new Selected(group, mask, new float[0]).visit(chunk, (first, base, deltas, count) -> {
            for (int i = 0; i < squares.length; i++) {
                squares[i] += GramMatrix.dot(deltas[i], deltas[i], 0, count);
            }
        });
        return squares;
    }

    /** The population variance of the differences at each element. */
    private record Variance(TensorGroup group) implements ElementScores {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public Reader open(Chunk chunk) {
            AlignedBlocks blocks = new AlignedBlocks(group, chunk, Chunking.BLOCK);
            float[][] row = new float[1][Chunking.BLOCK];
            return (first, count) -> {
                of(blocks.read(first, count), count, row[0]);
                return row;
            };
        }

        long nonZero(Chunk chunk) {
            Reader reader = open(chunk);
            long nonZero = 0;
            for (long first = chunk.first(); first < chunk.end(); first += Chunking.BLOCK) {
                int count = (int) Math.min(Chunking.BLOCK, chunk.end() - first);
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
    private record Selected(TensorGroup group, TopKMask mask, float[] weights) implements PreparedMerge {
        void visit(Chunk chunk, Visit visit) {
            AlignedBlocks blocks = new AlignedBlocks(group, chunk, Chunking.BLOCK);
            float[] variance = new float[Chunking.BLOCK];
            Mask.Cursor cursor = mask.begin(chunk);
            boolean all = mask.kept() == group.chunking().size();
            for (long first = chunk.first(); first < chunk.end(); first += Chunking.BLOCK) {
                int count = (int) Math.min(Chunking.BLOCK, chunk.end() - first);
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
        public long merge(Chunk chunk, Sink sink) {
            float[] merged = new float[Chunking.BLOCK];
            long[] cancellations = {0};
            visit(chunk, (first, base, deltas, count) -> {
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
            return group.inputs().stream().map(input -> mask.kept()).toList();
        }

        @Override
        public List<Long> ties() {
            return group.inputs().stream().map(input -> mask.ties()).toList();
        }
    }
}
